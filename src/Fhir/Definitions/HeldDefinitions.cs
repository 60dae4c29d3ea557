using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Fhir.Definitions;

/// <summary>A conformance resource that comes with the program: R4's, the Finnish base's, or our own.</summary>
/// <param name="Kind">StructureDefinition, ValueSet, CodeSystem or SearchParameter.</param>
/// <param name="Id">Logical id, one of its kind.</param>
/// <param name="Url">Canonical address, without version.</param>
public sealed record HeldDefinition(string Kind, string Id, string Url)
{
    internal Func<byte[]> Source { get; init; } = () => [];

    /// <summary>For a profile of the Finnish base or of ours on a resource: the type that it is about.</summary>
    internal string? ProfiledType { get; init; }

    /// <summary>The resource as FHIR JSON that is valid R4. Of published definitions only the facts are held: such a one is tagged SUBSETTED, and refers to the publisher where R4 demands prose.</summary>
    public byte[] Json() => DefinitionForm.Complete(Source(), Id);
}

/// <summary>The conformance resources that come with the program, by kind and id. Safe for concurrent use.</summary>
public static class HeldDefinitions
{
    private static readonly Lazy<FrozenDictionary<string, IReadOnlyDictionary<string, HeldDefinition>>> All = new(Read);

    /// <summary>The kinds that are held.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter"];

    /// <summary>The definitions of a kind, by id.</summary>
    public static IReadOnlyDictionary<string, HeldDefinition> Of(string kind) =>
        All.Value.GetValueOrDefault(kind) ?? FrozenDictionary<string, HeldDefinition>.Empty;

    /// <summary>Canonical addresses of our profiles of a resource type and of those that they derive from.</summary>
    public static IEnumerable<string> Profiles(string type) =>
        Of("StructureDefinition").Values.Where(d => d.ProfiledType == type).Select(d => d.Url).Order(StringComparer.Ordinal);

    private static FrozenDictionary<string, IReadOnlyDictionary<string, HeldDefinition>> Read() => Own().Concat(Packaged(Packages.R4)).Concat(Parameters())
        .Concat(Packaged(Packages.Finnish)).Where(d => Kinds.Contains(d.Kind)).GroupBy(d => d.Kind).ToFrozenDictionary(g => g.Key, ById);

    // Two packages may give one id: the later one's is led by a mark of its own.
    private static IReadOnlyDictionary<string, HeldDefinition> ById(IEnumerable<HeldDefinition> definitions)
    {
        var byId = new SortedDictionary<string, HeldDefinition>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            var one = byId.ContainsKey(definition.Id) ? definition with { Id = "fi-" + definition.Id } : definition;
            byId.Add(one.Id, one);
        }

        return byId;
    }

    private static IEnumerable<HeldDefinition> Packaged(PackageFolder package) =>
        package.Entries.Select(e => new HeldDefinition(e.Kind, e.Id, e.Url)
        {
            Source = () => package.Read(e.Path)!,
            ProfiledType = package == Packages.Finnish && e is { StructureKind: "resource", Derivation: "constraint" } ? e.Type : null,
        });

    private static IEnumerable<HeldDefinition> Own() =>
        from package in (PackageFolder[])[Packages.Own, Packages.Terminology]
        from file in package.Files
        where file.EndsWith(".json", StringComparison.Ordinal)
        let definition = Head(package.Read(file)!, () => package.Read(file)!)
        where definition is not null
        select definition;

    // R4's parameters are one file; its lines are kept, since each is short.
    private static IEnumerable<HeldDefinition> Parameters() => Encoding.UTF8.GetString(Packages.R4.Read("SearchParameter.ndjson")!)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Encoding.UTF8.GetBytes(line)).Select(line => Head(line, () => line)!);

    private static HeldDefinition? Head(byte[] json, Func<byte[]> source)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && Text(root, "resourceType") is { } kind && Text(root, "id") is { } id && Text(root, "url") is { } url
            ? new HeldDefinition(kind, id, url) { Source = source, ProfiledType = Text(root, "kind") == "resource" && Text(root, "derivation") == "constraint" ? Text(root, "type") : null } : null;
    }

    private static string? Text(JsonElement owner, string name) => Terminology.CodeSystem.Text(owner, name);
}
