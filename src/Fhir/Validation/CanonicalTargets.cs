using Fhir.Definitions;

namespace Fhir.Validation;

/// <summary>Which kinds of resource a canonical element may name.</summary>
internal static class CanonicalTargets
{
    private static readonly string[] Held = ["StructureDefinition", "ValueSet", "CodeSystem", "CompartmentDefinition", "CapabilityStatement"];

    /// <summary>Names of the resource types in the target profiles of type canonical; null where any will do.</summary>
    public static string[]? Of(IReadOnlyList<TypeFacts> types) =>
        types.FirstOrDefault(t => t.Code == "canonical") is { TargetProfiles: { Count: > 0 } targets } && !targets.Any(t => t.EndsWith("/Resource", StringComparison.Ordinal))
            ? [.. targets.Select(t => t[(t.LastIndexOf('/') + 1)..])] : null;

    /// <summary>The kinds of what is held here under an address; empty where nothing is.</summary>
    public static IEnumerable<string> KindsOf(string canonical, DefinitionLibrary library) => Held.Where(kind => library.Source(canonical, kind) is not null);
}
