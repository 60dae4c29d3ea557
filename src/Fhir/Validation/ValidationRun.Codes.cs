using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    private void CheckBinding(Element element, BindingFacts binding)
    {
        if (binding.Strength == "preferred" || (element.IsPrimitive && element.Text is null))
        {
            return;
        }

        var set = binding.ValueSet!;
        bool? answer = false;
        var any = false;
        foreach (var (system, code) in CodesOf(element))
        {
            any = true;
            var inSet = InSet(set, system, code);
            if (inSet == true)
            {
                return;
            }

            answer = inSet is null ? null : answer;
        }

        var shown = DefinitionLibrary.WithoutVersion(set);
        if (binding.Strength == "required")
        {
            if (!any)
            {
                if (IsCoded(element))
                {
                    Error("binding-required", element, $"A code from {shown} is required here; there is none. Add a coding with system and code.");
                }
            }
            else if (answer == false)
            {
                Error("binding-required", element, $"The code {ShowCodes(element)} is not in {shown}. Use one that is.");
            }
            else
            {
                Report(IssueSeverity.Information, "binding-unchecked", element, $"Whether {ShowCodes(element)} is in {shown} cannot be told here: the value set or its code system is not loaded.");
            }
        }
        else if (any && answer == false)
        {
            Report(IssueSeverity.Warning, "binding-extensible", element, $"The code {ShowCodes(element)} is not in {shown}. Use one that is, unless none fits.");
        }
    }

    private bool? InSet(string valueSet, string? system, string code) => _validator.Library.Terminology.Contains(valueSet, system, code);

    private static bool IsCoded(Element element) => element.IsPrimitive || element.TypeName is "Coding" or "CodeableConcept";

    /// <summary>The codes that a bindable value carries. A code without system is asked in every system of the value set only where the type has none (code, string, uri).</summary>
    private static IEnumerable<(string? System, string Code)> CodesOf(Element element)
    {
        if (element.IsPrimitive)
        {
            return element.Text is { } text ? [(null, text)] : [];
        }

        if (element.TypeName == "CodeableConcept")
        {
            return element.ChildrenNamed("coding").SelectMany(CodesOf);
        }

        return element.Child("code")?.Text is { } code ? [(element.Child("system")?.Text ?? "", code)] : [];
    }

    private static string ShowCodes(Element element) => string.Join(", ", CodesOf(element).Select(c => c.System is null ? $"'{c.Code}'" : $"'{c.System}|{c.Code}'"));
}
