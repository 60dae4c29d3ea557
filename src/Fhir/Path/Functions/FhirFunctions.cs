using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>Functions that FHIR adds (https://hl7.org/fhir/R4/fhirpath.html#functions).</summary>
internal static class FhirFunctions
{
    private const string BaseDefinitions = "http://hl7.org/fhir/StructureDefinition/";

    internal static PathValue MemberOf(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        e.Environment.MemberOf?.Invoke(input, StringFunctions.Text(a[0], call)) is { } member ? PathValue.From(member) : default;

    internal static PathValue ConformsTo(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var profile = StringFunctions.Text(a[0], call);
        if (!input.IsElement)
        {
            return PathValue.From(false);
        }

        if (e.Environment.ConformsTo?.Invoke(input.AsElement, profile) is { } conforms)
        {
            return PathValue.From(conforms);
        }

        var name = profile.StartsWith(BaseDefinitions, StringComparison.Ordinal) ? profile[BaseDefinitions.Length..] : "";
        return Fhir.Definitions.FhirTypes.Find(name) is null
            ? throw call.Error($"the profile {profile} is not known")
            : PathValue.From(Elements.IsOfType(input.AsElement, name));
    }

    internal static PathValue HtmlChecks(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var html = Elements.ToSystem(input);
        return PathValue.From(html.Kind == PathKind.String && NarrativeRules.Allow(html.AsString));
    }

    internal static PathValue Comparable(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        Conversions.AsQuantity(input) is { } left && Conversions.AsQuantity(a[0]) is { } right ? PathValue.From(PathQuantity.Comparable(left, right)) : default;

    internal static void CheckModifiers(Evaluation e, int start, CallNode call)
    {
        var end = e.Count;
        foreach (var argument in call.Arguments)
        {
            argument.Eval(e);
        }

        for (var i = start; i < end; i++)
        {
            foreach (var extension in e[i].IsElement ? e[i].AsElement.ChildrenNamed("modifierExtension") : [])
            {
                var url = PathValue.From(extension.Child("url")?.Text ?? "");
                if (!Equality.Contains(e, end, e.Count, url))
                {
                    throw call.Error($"the modifier extension {url} is not expected");
                }
            }
        }

        e.Cut(end);
    }
}
