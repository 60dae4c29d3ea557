using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Json;

namespace CareRecords.Rest;

/// <summary>The conformance resources that come with the program, as /fhir shows them: R4, the Finnish base, our profiles, the operations, this server's own statement. They are nobody's data, so that looking is not logged.</summary>
internal sealed class Definitions(ResourceIndexer indexer)
{
    private readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<(ViewedResource, IndexRows)>>> _indexed = new(StringComparer.Ordinal);

    /// <summary>When this program was put here: before that it held others.</summary>
    internal static DateTimeOffset Since { get; } = Installed();

    /// <summary>Whether definitions of this type come with the program.</summary>
    internal static bool Serves(string type) => type is "OperationDefinition" or "CapabilityStatement" || HeldDefinitions.Kinds.Contains(type);

    /// <summary>The definition with its version, or null.</summary>
    /// <param name="services">Those of the request: the statement asks the owners of types what they do.</param>
    internal static StoredResource? Find(IServiceProvider services, string type, string id) => Json(services, type, id) is { } json ? Stamped(type, id, json) : null;

    /// <summary>All of a type in the order of their ids, each with what it is found by; made at the first search.</summary>
    internal IReadOnlyList<(ViewedResource Resource, IndexRows Rows)> Of(IServiceProvider services, string type) => _indexed.GetOrAdd(type, t => new(() => Index(services, t))).Value;

    private List<(ViewedResource, IndexRows)> Index(IServiceProvider services, string type) =>
    [
        .. Ids(type).Order(StringComparer.Ordinal).Select(id => (new ViewedResource(id, Since, default, null, null), indexer.Index(FhirJson.Read(Json(services, type, id)).Root!))),
    ];

    private static IEnumerable<string> Ids(string type) => type switch
    {
        "OperationDefinition" => OperationDefinitions.All.Select(o => o.Id),
        "CapabilityStatement" => [Metadata.Id],
        _ => HeldDefinitions.Of(type).Keys,
    };

    private static byte[]? Json(IServiceProvider services, string type, string id) => type switch
    {
        "OperationDefinition" => OperationDefinitions.Find(id)?.Json(),
        "CapabilityStatement" => id == Metadata.Id ? Metadata.Write(services) : null,
        _ => HeldDefinitions.Of(type).GetValueOrDefault(id)?.Json(),
    };

    /// <summary>Its version follows from its content, so that an ETag of one program is not taken for another's.</summary>
    internal static StoredResource Stamped(string type, string id, byte[] json)
    {
        var version = (BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(json)) & int.MaxValue) | 1;
        return new StoredResource(type, id, version, Since, "PUT", null, null, null, ResourceBytes.Stamp(json, type, id, version, Since));
    }

    // Whole seconds, as Last-Modified has them.
    private static DateTimeOffset Installed()
    {
        var written = File.GetLastWriteTimeUtc(Path.Combine(AppContext.BaseDirectory, "Fhir.dll"));
        return new DateTimeOffset(written.AddTicks(-(written.Ticks % TimeSpan.TicksPerSecond)), TimeSpan.Zero);
    }
}
