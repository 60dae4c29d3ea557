using System.Collections.Concurrent;
using System.Text.Json;
using Fhir.Terminology;

namespace Fhir.Definitions;

/// <summary>
/// Finds definitions by canonical address: those of further packages first, then our own profiles, the Finnish base and R4. Immutable; safe for concurrent use.
/// </summary>
public sealed class DefinitionLibrary
{
    private const string OwnRoot = "https://carerecords.example/fhir/";

    private readonly ConcurrentDictionary<string, StructureDefinition?> _structures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueSet?> _valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CodeSystem?> _codeSystems = new(StringComparer.Ordinal);
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
            if (root.ValueKind == JsonValueKind.Object && CodeSystem.Text(root, "resourceType") is "StructureDefinition" or "ValueSet" or "CodeSystem"
                && CodeSystem.Text(root, "url") is { } url)
            {
                library._further[CodeSystem.Text(root, "resourceType") + " " + url] = file;
            }
        }

        return library;
    }

    /// <summary>A StructureDefinition with a snapshot, by canonical address (a "|version" is not looked at), or null.</summary>
    /// <exception cref="FormatException">The definition, or one that it is derived from, cannot be used.</exception>
    public StructureDefinition? FindStructure(string canonical)
    {
        var url = WithoutVersion(canonical);
        return _structures.TryGetValue(url, out var known) ? known : _structures.GetOrAdd(url, LoadStructure(url));
    }

    /// <summary>A value set by canonical address, or null.</summary>
    public ValueSet? FindValueSet(string canonical) =>
        _valueSets.GetOrAdd(WithoutVersion(canonical), static (u, l) => l.Bytes(u, "ValueSet") is { } bytes ? ValueSet.Read(bytes) : null, this);

    /// <summary>A code system by canonical address, or null.</summary>
    public CodeSystem? FindCodeSystem(string canonical) =>
        _codeSystems.GetOrAdd(WithoutVersion(canonical), static (u, l) => l.Bytes(u, "CodeSystem") is { } bytes ? CodeSystem.Read(bytes) : null, this);

    /// <summary>The canonical address without "|version".</summary>
    public static string WithoutVersion(string canonical)
    {
        var bar = canonical.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? canonical : canonical[..bar];
    }

    /// <summary>The JSON of a conformance resource as it is held, or null: kind is "StructureDefinition", "ValueSet", "CodeSystem" or "CompartmentDefinition".</summary>
    public ReadOnlyMemory<byte>? Source(string canonical, string kind) => Bytes(WithoutVersion(canonical), kind);

    private StructureDefinition? LoadStructure(string url)
    {
        if (Bytes(url, "StructureDefinition") is not { } bytes)
        {
            return null;
        }

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
