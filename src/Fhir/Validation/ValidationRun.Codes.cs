using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    private void CheckBinding(Element element, BindingFacts binding)
    {
        if (element.IsPrimitive && element.Text is null)
        {
            return;
        }

        if (binding.MaxValueSet is { } most && AnyCodeIn(most, element) == false)
        {
            // A right code under a wrong system is common in Finnish data; readers know what is meant.
            Report(CodesOf(element).Any(c => InSet(most, null, c.Code) == true) ? IssueSeverity.Warning : IssueSeverity.Error, "binding-max", element,
                $"The code {ShowCodes(element)} is outside {DefinitionLibrary.WithoutVersion(most)}, beyond which no code may go. Use one that is in it, with its system.");
        }

        if (binding.Strength == "preferred" || IsFormatWord(element))
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

    // "Note: 'xml', 'json' and 'ttl' are allowed" (R4, CapabilityStatement.format; TestScript's operations likewise), though the value set has MIME types only.
    private static bool IsFormatWord(Element element) => element.Text is "xml" or "json" or "ttl"
        && element.Property?.Path is "CapabilityStatement.format" or "TestScript.setup.action.operation.accept" or "TestScript.setup.action.operation.contentType";

    /// <summary>False where the element has codes and all are known to be outside.</summary>
    private bool? AnyCodeIn(string valueSet, Element element)
    {
        bool? answer = null;
        foreach (var (system, code) in CodesOf(element))
        {
            if (InSet(valueSet, system, code) != false)
            {
                return true;
            }

            answer = false;
        }

        return answer;
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
