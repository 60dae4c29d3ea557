using System.Text.RegularExpressions;

namespace Fhir.Terminology;

/// <summary>The filters of a value set (https://hl7.org/fhir/R4/codesystem.html#filters) on the concept itself, its display, its place in the hierarchy, and its properties.</summary>
internal static class ConceptFilter
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a concept passes; null where the filter is none that the specification knows.</summary>
    public static bool? Holds(ValueSetFilter filter, Concept concept, CodeSystem codes) => filter.Operator switch
    {
        "is-a" => codes.IsA(concept.Code, filter.Value),
        "descendent-of" => !codes.Same(concept.Code, filter.Value) && codes.IsA(concept.Code, filter.Value),
        "is-not-a" => !codes.IsA(concept.Code, filter.Value),
        "generalizes" => codes.IsA(filter.Value, concept.Code),
        "child-of" => concept.Parents.Any(p => codes.Same(p, filter.Value)),
        "descendent-leaf" => codes.IsA(concept.Code, filter.Value) && !codes.HasChildren(concept.Code),
        "=" => Values(filter.Property, concept, codes).Any(v => Same(filter, v, filter.Value, codes)),
        "in" => filter.Value.Split(',').Any(wanted => Values(filter.Property, concept, codes).Any(v => Same(filter, v, wanted.Trim(), codes))),
        "not-in" => !filter.Value.Split(',').Any(wanted => Values(filter.Property, concept, codes).Any(v => Same(filter, v, wanted.Trim(), codes))),
        "exists" => Values(filter.Property, concept, codes).Any() == (filter.Value == "true"),
        "regex" => Matches(filter, concept, codes),
        _ => null,
    };

    /// <summary>As <see cref="Holds"/> where nothing but the code is known.</summary>
    public static bool? HoldsForCode(ValueSetFilter filter, string code) => (IsCode(filter.Property), filter.Operator) switch
    {
        (true, "=") => code == filter.Value,
        (true, "in") => filter.Value.Split(',').Any(v => v.Trim() == code),
        (true, "not-in") => !filter.Value.Split(',').Any(v => v.Trim() == code),
        _ => null,
    };

    private static bool Same(ValueSetFilter filter, string value, string wanted, CodeSystem codes) => IsCode(filter.Property) ? codes.Same(value, wanted) : value == wanted;

    private static bool IsCode(string property) => property is "concept" or "code";

    private static IEnumerable<string> Values(string property, Concept concept, CodeSystem codes) => property switch
    {
        "concept" or "code" => [concept.Code],
        "display" => concept.Display is { } display ? [display] : [],
        "parent" => concept.Parents,
        "child" => codes.Concepts.Where(c => c.Parents.Contains(concept.Code)).Select(c => c.Code),
        "notSelectable" when !concept.IsSelectable => ["true"],
        _ => concept.Properties.Where(p => p.Code == property).Select(p => p.Value),
    };

    private static bool? Matches(ValueSetFilter filter, Concept concept, CodeSystem codes)
    {
        try
        {
            var pattern = new Regex($@"\A(?:{filter.Value})\z", RegexOptions.CultureInvariant, matchTimeout: Patience);
            return Values(filter.Property, concept, codes).Any(pattern.IsMatch);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
