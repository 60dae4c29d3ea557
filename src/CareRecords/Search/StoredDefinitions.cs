using System.Text.Json;
using CareRecords.Rest;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Json;
using Npgsql;

namespace CareRecords.Search;

/// <summary>Definitions that clients have stored (under the open policy of a conformance run), before those that come with the program, as far as one leads to others.</summary>
internal sealed class StoredDefinitions(ResourceRows rows, SearchTable table, ServedTypes types)
{
    private const int MostDefinitions = 50;
    private static readonly string[] _leading = ["baseDefinition", "profile", "targetProfile", "valueSet", "imports"];

    /// <param name="canonical">A canonical address, or Type/id of a stored definition.</param>
    /// <returns>The library, and the canonical address in it.</returns>
    internal async Task<(DefinitionLibrary Library, string Url)> LibraryAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string type, string canonical, CancellationToken cancel)
    {
        var first = canonical;
        var stored = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var open = new Queue<(string Type, string Canonical)>([(type, canonical)]);
        while (open.TryDequeue(out var wanted) && stored.Count < MostDefinitions)
        {
            if (stored.ContainsKey(wanted.Canonical) || await FindAsync(connection, transaction, rights, wanted.Type, wanted.Canonical, cancel) is not { } json)
            {
                continue;
            }

            stored[wanted.Canonical] = json;
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
            first = stored.Count == 1 ? document.RootElement.GetProperty("url").GetString()! : first;
            foreach (var next in Leads(document.RootElement))
            {
                open.Enqueue(next);
            }
        }

        return stored.Count == 0 ? (DefinitionLibrary.Default, first) : (DefinitionLibrary.With(stored.Values.Select(j => (ReadOnlyMemory<byte>)j)), first);
    }

    /// <summary>Where a definition leads: base and profiles, value sets, and the systems of its codes.</summary>
    private static IEnumerable<(string Type, string Canonical)> Leads(JsonElement at) => at.ValueKind switch
    {
        JsonValueKind.Array => at.EnumerateArray().SelectMany(Leads),
        JsonValueKind.Object => at.EnumerateObject().SelectMany(p => p.Name switch
        {
            "system" => Texts(p.Value).Select(t => ("CodeSystem", t)),
            "valueSet" => Texts(p.Value).Select(t => ("ValueSet", t)),
            _ when _leading.Contains(p.Name) => Texts(p.Value).Select(t => ("StructureDefinition", t)),
            _ => Leads(p.Value),
        }),
        _ => [],
    };

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        _ => [],
    };

    private async Task<byte[]?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string type, string canonical, CancellationToken cancel)
    {
        if (types.Find(type) is not { Owner: Owner.Store } || !rights.May(type, Deeds.Read) || table.Find(type, "url") is not { } url)
        {
            return null;
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, [], rights, "", default);
        var local = ReferenceValue.Parse(canonical);
        var version = canonical.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar ? canonical[(bar + 1)..] : null;
        command.CommandText =
            $"""
            select {ResourceRows.Columns}, r.rid from care.resource r where r.type = {sql.Add(type)} and r.method <> 'DELETE' and {Reach.Sql(rights, "r", command)}
              and {(local.Type == type ? $"r.id = {sql.Add(local.Target)}"
                  : $"r.rid in (select x.rid from care.index_uri x where x.param = {sql.Add(url.Key)} and x.value = {sql.Add(local.Target)})")}
            order by r.last_updated desc limit 20
            """;
        var found = (await rows.ManyAsync(command, cancel)).Select(r => r.Json).OfType<byte[]>().Select(json => (Json: json, Root: FhirJson.Read(json).Root))
            .FirstOrDefault(d => d.Root?.TextAt("url") is not null && (version is null || d.Root.TextAt("version") is not { } held || held == version)).Json;
        return found;
    }
}
