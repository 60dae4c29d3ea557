using System.Collections.Concurrent;

namespace Fhir.Definitions;

/// <summary>The types and resources of FHIR R4 (4.0.1), each read when first asked for. Safe for concurrent use.</summary>
public static class FhirTypes
{
    private static readonly ConcurrentDictionary<string, TypeDefinition?> Loaded = new(StringComparer.Ordinal);
    private static readonly Lazy<HashSet<string>> Resources = new(() =>
        [.. Packages.R4.Entries.Where(e => e is { Kind: "StructureDefinition", StructureKind: "resource", Derivation: not "constraint" }).Select(e => e.Type)]);

    /// <summary>Resource types of R4 whose definitions are not loaded, because no copy of them is trusted yet. References to them are still known.</summary>
    public static IReadOnlyList<string> WithoutDefinition { get; } = ["ResearchStudy", "EvidenceVariable", "DeviceDefinition", "MeasureReport"];

    /// <summary>Names of all resource types that have a definition, the abstract Resource and DomainResource included.</summary>
    public static IReadOnlyCollection<string> ResourceNames => Resources.Value;

    /// <summary>Whether <paramref name="name"/> is a resource type of R4, with a loaded definition or not.</summary>
    public static bool IsResource(string name) => Resources.Value.Contains(name) || WithoutDefinition.Contains(name);

    /// <summary>A type by name, or null where R4 has none (or its definition is not loaded).</summary>
    public static TypeDefinition? Find(string name) => Loaded.TryGetValue(name, out var type) ? type : Load(name);

    /// <summary>A type by name.</summary>
    /// <exception cref="ArgumentException">R4 has no such type, or its definition is not loaded.</exception>
    public static TypeDefinition Get(string name) =>
        Find(name) ?? throw new ArgumentException($"FHIR R4 has no type '{name}' among the loaded definitions.", nameof(name));

    private static TypeDefinition? Load(string name)
    {
        var bytes = IsName(name) ? Packages.R4.Read($"StructureDefinition/{name}.json") : null;
        if (bytes is null)
        {
            return null;
        }

        var structure = StructureDefinition.Read(bytes);
        // A profile such as "bmi" shares the folder but is no type.
        var type = structure.IsConstraint || structure.Type != name ? null : TypeDefinition.Build(structure);
        return type is null ? null : Loaded.GetOrAdd(name, type);
    }

    private static bool IsName(string name) => name.Length is > 0 and < 64 && name.All(char.IsAsciiLetterOrDigit);
}
