using System.Collections.Concurrent;
using System.Text.Json;
using Fhir.Terminology;

namespace Fhir.Definitions;

/// <summary>
/// Finds definitions by canonical address: those of further packages first, then our own profiles, the Finnish base and R4. Immutable; safe for concurrent use.
/// </summary>
public sealed class DefinitionLibrary
{
    internal const string OwnRoot = "https://carerecords.example/fhir/";

    private readonly ConcurrentDictionary<string, StructureDefinition> _structures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueSet> _valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CodeSystem> _codeSystems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CapabilityRules> _capabilities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _further = new(StringComparer.Ordinal);

    private DefinitionLibrary()
    {
        Terminology = new TerminologyService(this);
    }

    /// <summary>R4, the Finnish base and our own profiles.</summary>
    public static DefinitionLibrary Default { get; } = new();

    /// <summary>Codes, as far as they are held here.</summary>
    public TerminologyService Terminology { get; }

    /// <summary>The default library with the conformance resources of a further package (the JSON files of its folder) before it; files that are no conformance resources are passed over.</summary>
    /// <exception cref="JsonException">A file is not JSON.</exception>
    public static DefinitionLibrary With(IEnumerable<ReadOnlyMemory<byte>> files)
    {
        var library = new DefinitionLibrary();
        foreach (var file in files)
        {
            using var document = JsonDocument.Parse(file);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && CodeSystem.Text(root, "resourceType") is "StructureDefinition" or "ValueSet" or "CodeSystem" or "CapabilityStatement"
                && CodeSystem.Text(root, "url") is { } url)
            {
                var kind = CodeSystem.Text(root, "resourceType");
                library._further[$"{kind} {url}"] = file;
                if (CodeSystem.Text(root, "version") is { } version)
                {
                    library._further[$"{kind} {url}|{version}"] = file;
                }
            }
        }

        return library;
    }

    /// <summary>
    /// A StructureDefinition with a snapshot, by canonical address, or null. A "|version" chooses among the versions that further packages bring; where there is none of that version, the one that is
    /// held is given.
    /// </summary>
    /// <exception cref="FormatException">The definition, or one that it is derived from, cannot be used.</exception>
    public StructureDefinition? FindStructure(string canonical) => Find(_structures, canonical, "StructureDefinition", ReadStructure);

    /// <summary>A value set by canonical address, or null; versions as for <see cref="FindStructure"/>.</summary>
    public ValueSet? FindValueSet(string canonical) => Find(_valueSets, canonical, "ValueSet", ValueSet.Read);

    /// <summary>A code system by canonical address, or null; versions as for <see cref="FindStructure"/>.</summary>
    public CodeSystem? FindCodeSystem(string canonical) => Find(_codeSystems, canonical, "CodeSystem", CodeSystem.Read);

    // What is not found is not remembered: addresses come from whoever sends resources, and there is no end to them.
    private T? Find<T>(ConcurrentDictionary<string, T> known, string canonical, string kind, Func<ReadOnlyMemory<byte>, T> read)
        where T : class
    {
        var key = _further.Count > 0 && _further.ContainsKey($"{kind} {canonical}") ? canonical : WithoutVersion(canonical);
        return known.TryGetValue(key, out var found) ? found : Bytes(key, kind) is { } bytes ? known.GetOrAdd(key, read(bytes)) : null;
    }

    /// <summary>What a server's CapabilityStatement demands of resources, by canonical address; null where no package brings it.</summary>
    public CapabilityRules? FindCapability(string canonical) => Find(_capabilities, canonical, "CapabilityStatement", CapabilityRules.Read);

    /// <summary>The canonical address without "|version".</summary>
    public static string WithoutVersion(string canonical)
    {
        var bar = canonical.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? canonical : canonical[..bar];
    }

    /// <summary>The JSON of a conformance resource as it is held, or null: kind is "StructureDefinition", "ValueSet", "CodeSystem", "CompartmentDefinition" or, from a further package, "CapabilityStatement".</summary>
    public ReadOnlyMemory<byte>? Source(string canonical, string kind) => Bytes(WithoutVersion(canonical), kind);

    private StructureDefinition ReadStructure(ReadOnlyMemory<byte> bytes)
    {
        var structure = StructureDefinition.Read(bytes);
        return structure.IsDifferential ? Snapshot.Generate(structure, this) : structure;
    }

    private ReadOnlyMemory<byte>? Bytes(string url, string kind)
    {
        if (_further.TryGetValue(kind + " " + url, out var further))
        {
            return further;
        }

        byte[]? bytes;
        if (url.StartsWith(OwnRoot, StringComparison.Ordinal))
        {
            var name = url[(url.LastIndexOf('/') + 1)..] + ".json";
            bytes = kind == "StructureDefinition" ? Packages.Own.Read(name) : Packages.Terminology.Read($"{kind}-{name}");
        }
        else
        {
            bytes = Packages.Finnish.Find(url, kind) is { } finnish ? Packages.Finnish.Read(finnish.Path)
                : Packages.R4.Find(url, kind) is { } r4 ? Packages.R4.Read(r4.Path) : null;
        }

        return bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;
    }
}
