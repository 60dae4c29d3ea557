using CareRecords.Rest;
using CareRecords.Store;
using Npgsql;

namespace CareRecords.Search;

/// <summary>Follows _include and _revinclude (https://hl7.org/fhir/R4/search.html#revinclude), by id and, for canonicals, by address. Only what the caller may read is found.</summary>
internal sealed class Inclusions(ResourceRows rows, SearchTable table, ServedTypes types)
{
    private const int MostIncluded = 2000;
    private const int DeepestIteration = 8;

    /// <exception cref="SearchException">There are too many.</exception>
    internal async Task<List<StoredResource>> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, SearchQuery query, List<StoredResource> page, CancellationToken cancel)
    {
        var seen = page.Select(r => r.Key).ToHashSet();
        var included = new List<StoredResource>();
        var from = page;
        for (var round = 0; round < DeepestIteration && from.Count > 0; round++)
        {
            var next = new List<StoredResource>();
            foreach (var inclusion in query.Inclusions.Where(i => round == 0 || i.Iterate))
            {
                // One round of an iteration may lead on from what another inclusion has just found.
                IReadOnlyList<StoredResource> sources = inclusion.Iterate ? [.. from, .. next] : from;
                next.AddRange((await FollowAsync(connection, transaction, rights, inclusion, sources, cancel)).Where(found => seen.Add(found.Key)));
                if (included.Count + next.Count > MostIncluded)
                {
                    throw new SearchException($"More than {MostIncluded} records would be included. Ask for a smaller page.");
                }
            }

            included.AddRange(next);
            from = next;
        }

        return included;
    }

    private async Task<List<StoredResource>> FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, Inclusion inclusion, IReadOnlyList<StoredResource> from, CancellationToken cancel)
    {
        var near = inclusion.Reverse ? inclusion.TargetType : inclusion.SourceType;
        var far = inclusion.Reverse ? inclusion.SourceType : inclusion.TargetType;
        var sources = near is null ? from : [.. from.Where(r => r.Type == near)];
        var readable = types.All.Where(t => (far is null || t.Name == far) && rights.May(t.Name, Deeds.Read)).Select(t => t.Name).ToArray();
        if (sources.Count == 0 || readable.Length == 0)
        {
            return [];
        }

        var referring = inclusion.Reverse ? readable : [.. sources.Select(s => s.Type).Distinct()];
        var keys = inclusion.Index is { } index ? [index.Key]
            : referring.SelectMany(t => table.Of(t).Values).Where(i => i.Type == "reference").Select(i => i.Key).ToArray();
        var found = await RunAsync(connection, transaction, rights, readable, sql => ById(sql, inclusion.Reverse, keys, sources), cancel);
        var named = inclusion.Reverse ? sources.Select(s => s.Type).Distinct() : readable.Where(t => inclusion.Index is null || inclusion.Index.Parameter.Targets.Contains(t));
        var urls = named.Select(t => table.Find(t, "url")).OfType<SearchIndex>().Select(u => u.Key).ToArray();
        if (urls.Length > 0)
        {
            found.AddRange(await RunAsync(connection, transaction, rights, readable, sql => ByUrl(sql, inclusion.Reverse, keys, urls, sources), cancel));
        }

        return found;
    }

    private async Task<List<StoredResource>> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string[] readable, Func<SearchSql, string> joined, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, [], rights, "", default);
        command.CommandText =
            $"""
            select distinct on (r.rid) {ResourceRows.Columns}, r.rid from {joined(sql)}
              and r.type = any({sql.Add(readable)}) and r.method <> 'DELETE' and {Reach.Sql(rights, "r", command)}
            order by r.rid limit {sql.Add(MostIncluded + 1)}
            """;
        return await rows.ManyAsync(command, cancel);
    }

    private static string ById(SearchSql sql, bool reverse, int[] keys, IReadOnlyList<StoredResource> sources) => reverse
        ? $"""
          care.index_reference x join care.resource r on r.rid = x.rid
          where x.param = any({sql.Add(keys)}) and (x.target_type, x.target) in
            (select t, i from unnest({sql.Add(sources.Select(s => s.Type).ToArray())}, {sql.Add(sources.Select(s => s.Id).ToArray())}) as s(t, i))
          """
        : $"""
          care.index_reference x join care.resource r on r.type = x.target_type and r.id = x.target
          where x.param = any({sql.Add(keys)}) and x.rid = any({sql.Add(sources.Select(s => s.Key).ToArray())})
          """;

    private static string ByUrl(SearchSql sql, bool reverse, int[] keys, int[] urls, IReadOnlyList<StoredResource> sources) =>
        $"""
        care.index_uri u join care.index_reference x on x.target = u.value and x.target_type = '' join care.resource r on r.rid = {(reverse ? "x" : "u")}.rid
        where u.param = any({sql.Add(urls)}) and x.param = any({sql.Add(keys)}) and {(reverse ? "u" : "x")}.rid = any({sql.Add(sources.Select(s => s.Key).ToArray())})
        """;
}
