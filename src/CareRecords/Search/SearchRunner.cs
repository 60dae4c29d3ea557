using System.Globalization;
using System.Text;
using CareRecords.Rest;
using CareRecords.Store;
using Npgsql;

namespace CareRecords.Search;

/// <summary>What a search found.</summary>
/// <param name="Next">Goes on after the last match; null at the end.</param>
/// <param name="Total">All matches; null where it was not counted.</param>
internal sealed record SearchResult(IReadOnlyList<StoredResource> Matches, IReadOnlyList<StoredResource> Included, string? Next, long? Total);

/// <summary>Runs searches on the index tables. Only what the caller may see is found, counted, sorted by or included.</summary>
internal sealed class SearchRunner(ResourceRows rows, SearchHash hash, SearchTable table, ServedTypes types, TimeProvider clock)
{
    private const int CountedFreely = 10_000;
    private const int MostIncluded = 2000;
    private const int DeepestIteration = 8;

    /// <exception cref="SearchException">A value cannot be read.</exception>
    internal async Task<SearchResult> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel)
    {
        var matches = query.Summary == "count" || query.Count == 0
            ? [] : await PageAsync(connection, transaction, rights, baseUrl, query, cancel);
        var page = matches.Take(query.Count).ToList();
        var whole = query.Page is null && matches.Count <= query.Count && query.Summary != "count" && query.Count > 0;
        var total = whole ? page.Count : await TotalAsync(connection, transaction, rights, baseUrl, query, cancel);
        var included = query.Inclusions.Count == 0 || page.Count == 0 ? [] : await IncludeAsync(connection, transaction, rights, query, page, cancel);
        var next = matches.Count > query.Count ? await CursorAsync(connection, transaction, query, page[^1], cancel) : null;
        return new SearchResult(page, included, next, total);
    }

    private async Task<List<StoredResource>> PageAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, hash, rights, baseUrl, clock.GetUtcNow());
        var where = Where(sql, command, rights, query);
        var order = new StringBuilder();
        var keys = query.Sort.Select(k => (Sql: sql.SortExpression(k, "r"), k.Descending)).Append((Sql: "r.rid", Descending: false)).ToList();
        if (query.Page is { } page)
        {
            where += " and " + After(sql, keys, SearchCursor.Parse(page, query.Sort) ?? throw new SearchException("_page comes from a link of ours."));
        }

        foreach (var (key, descending) in keys)
        {
            order.Append(order.Length == 0 ? "" : ", ").Append(key).Append(descending ? " desc" : "");
        }

        command.CommandText = $"select {ResourceRows.Columns}, r.rid from care.resource r where {where} order by {order} limit {sql.Add(query.Count + 1)}";
        return await rows.ManyAsync(command, cancel);
    }

    private static string Where(SearchSql sql, NpgsqlCommand command, AccessRights rights, SearchQuery query)
    {
        var where = new StringBuilder(query.Types.Count == 1 ? $"r.type = {sql.Add(query.Types[0])}" : $"r.type = any({sql.Add(query.Types.ToArray())})");
        where.Append(" and r.method <> 'DELETE'");
        if (Reach.Sql(rights, "r", command) is var reach && reach != "true")
        {
            where.Append(" and ").Append(reach);
        }

        if (query.Compartment is { } compartment)
        {
            where.Append(CultureInfo.InvariantCulture, $" and r.rid in (select x.rid from care.index_reference x where x.param = any({sql.Add(compartment.Parameters)})")
                .Append(CultureInfo.InvariantCulture, $" and x.target = {sql.Add(compartment.Id)} and x.target_type = {sql.Add(compartment.Type)})");
        }

        foreach (var criterion in query.Criteria)
        {
            // Parameters of every resource are indexed under each type's own key.
            where.Append(" and ").Append(query.Types.Count == 1 || criterion.Index.Code is "_id" or "_lastUpdated"
                ? sql.Condition(criterion, "r")
                : "(" + string.Join(" or ", query.Types.Select(t => sql.Condition(
                    criterion with { Index = criterion.Index with { ResourceType = t, Key = SearchTable.Key($"{t}.{criterion.Index.Code}") } }, "r"))) + ")");
        }

        return where.ToString();
    }

    /// <summary>Rows behind the cursor, in an order whose keys may run either way.</summary>
    private static string After(SearchSql sql, List<(string Sql, bool Descending)> keys, IReadOnlyList<object> values)
    {
        var parameters = values.Select(sql.Add).ToList();
        var alternatives = new List<string>();
        for (var i = 0; i < keys.Count; i++)
        {
            var equal = string.Concat(Enumerable.Range(0, i).Select(j => $"{keys[j].Sql} = {parameters[j]} and "));
            alternatives.Add($"({equal}{keys[i].Sql} {(keys[i].Descending ? "<" : ">")} {parameters[i]})");
        }

        return $"({string.Join(" or ", alternatives)})";
    }

    private async Task<string> CursorAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, SearchQuery query, StoredResource last, CancellationToken cancel)
    {
        if (query.Sort.Count == 0)
        {
            return SearchCursor.Write([], last.Key);
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, hash, null!, "", default);
        var keys = query.Sort.Select(k => sql.SortExpression(k, "r")).ToList();
        command.CommandText = $"select {string.Join(", ", keys)} from care.resource r where r.rid = {sql.Add(last.Key)}";
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return SearchCursor.Write([.. Enumerable.Range(0, keys.Count).Select(row.GetValue)], last.Key);
    }

    private async Task<long?> TotalAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel)
    {
        if (query.Total == "none")
        {
            return null;
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, hash, rights, baseUrl, clock.GetUtcNow());
        var where = Where(sql, command, rights, query);
        var exact = query.Total == "accurate" || query.Summary == "count";
        command.CommandText = exact
            ? $"select count(*) from care.resource r where {where}"
            : $"select count(*) from (select from care.resource r where {where} limit {sql.Add(CountedFreely + 1)}) s";
        var count = (long)(await command.ExecuteScalarAsync(cancel))!;
        return exact || count <= CountedFreely ? count : null;
    }

    private async Task<List<StoredResource>> IncludeAsync(
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
                foreach (var found in await FollowAsync(connection, transaction, rights, inclusion, from, cancel))
                {
                    if (seen.Add(found.Key))
                    {
                        next.Add(found);
                    }
                }
            }

            included.AddRange(next);
            if (included.Count > MostIncluded)
            {
                throw new SearchException($"More than {MostIncluded} records would be included. Ask for a smaller page.");
            }

            from = next;
        }

        return included;
    }

    private async Task<List<StoredResource>> FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, Inclusion inclusion, List<StoredResource> from, CancellationToken cancel)
    {
        var sources = inclusion.Reverse ? from : from.Where(r => r.Type == inclusion.SourceType).ToList();
        var params_ = inclusion.Index is { } index
            ? [index.Key]
            : table.Of(inclusion.SourceType).Values.Where(i => i.Type == "reference").Select(i => i.Key).ToArray();
        var readable = inclusion.Reverse
            ? rights.May(inclusion.SourceType, Deeds.Read) ? [inclusion.SourceType] : []
            : types.All.Where(t => rights.May(t.Name, Deeds.Read) && (inclusion.TargetType is null || t.Name == inclusion.TargetType)).Select(t => t.Name).ToArray();
        if (sources.Count == 0 || readable.Length == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, hash, rights, "", default);
        command.CommandText = inclusion.Reverse
            ? $"""
              select distinct on (r.rid) {ResourceRows.Columns}, r.rid from care.index_reference x join care.resource r on r.rid = x.rid
              where x.param = any({sql.Add(params_)}) and (x.target_type, x.target) in (select t, i from unnest({sql.Add(sources.Select(s => s.Type).ToArray())}, {sql.Add(sources.Select(s => s.Id).ToArray())}) as s(t, i))
                and r.type = any({sql.Add(readable)}) and r.method <> 'DELETE' and {Reach.Sql(rights, "r", command)}
              order by r.rid limit {sql.Add(MostIncluded + 1)}
              """
            : $"""
              select distinct on (r.rid) {ResourceRows.Columns}, r.rid from care.index_reference x join care.resource r on r.type = x.target_type and r.id = x.target
              where x.param = any({sql.Add(params_)}) and x.rid = any({sql.Add(sources.Select(s => s.Key).ToArray())})
                and r.type = any({sql.Add(readable)}) and r.method <> 'DELETE' and {Reach.Sql(rights, "r", command)}
              order by r.rid limit {sql.Add(MostIncluded + 1)}
              """;
        return await rows.ManyAsync(command, cancel);
    }
}

/// <summary>Where a page ended: the sort values and the key of its last match. It holds no rights; each page is filtered anew.</summary>
internal static class SearchCursor
{
    internal static string Write(IReadOnlyList<object> values, long key)
    {
        var texts = values.Select(v => v switch
        {
            DateTime at => at.Ticks.ToString(CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => (string)v,
        });
        return string.Join('.', texts.Select(t => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(t))).Append(key.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The values with the key last; null when this is no cursor of a search with these sort keys.</summary>
    internal static IReadOnlyList<object>? Parse(string text, IReadOnlyList<SortKey> sort)
    {
        var parts = text.Split('.');
        if (parts.Length != sort.Count + 1 || !long.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var key))
        {
            return null;
        }

        var values = new List<object>();
        for (var i = 0; i < sort.Count; i++)
        {
            if (!System.Buffers.Text.Base64Url.IsValid(parts[i]) || Value(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[i])), sort[i]) is not { } value)
            {
                return null;
            }

            values.Add(value);
        }

        return [.. values, key];
    }

    private static object? Value(string text, SortKey key) => key.Index.Code == "_id" || key.Index.Type == "string" ? text
        : key.Index.Type == "date"
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : null
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
