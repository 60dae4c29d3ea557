using System.Globalization;
using System.Text;
using CareRecords.Rest;
using CareRecords.Store;
using Npgsql;

namespace CareRecords.Search;

/// <summary>What a search found.</summary>
/// <param name="Previous">Leads to the page before the first match; null at the beginning.</param>
/// <param name="Next">Goes on after the last match; null at the end.</param>
/// <param name="Total">All matches; null where it was not counted.</param>
internal sealed record SearchResult(
    IReadOnlyList<StoredResource> Matches, IReadOnlyList<StoredResource> Included, SearchCursor? Previous, SearchCursor? Next, long? Total);

/// <summary>Runs searches on the index tables. Only what the caller may see is found, counted, sorted by or included.</summary>
internal sealed class SearchRunner(ResourceRows rows, SearchKeys hashes, SearchCodes codes, Inclusions inclusions, ShortSearches shorts, TimeProvider clock)
{
    private const int CountedFreely = 10_000;
    private const int ShortPage = 100;

    /// <summary>
    /// The first page, and one match more where there is one, of a search that is short whatever is stored; null: it is none. It is found outside transactions,
    /// in a round trip that others share.
    /// </summary>
    /// <exception cref="SearchException">A value cannot be read.</exception>
    internal async Task<List<StoredResource>?> ShortAsync(AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand();
        var sql = new SearchSql(command, hashes.Live, rights, baseUrl, clock.GetUtcNow());
        if (query.Count is 0 or > ShortPage || query.Summary == "count" || query.Compartment is not null || !query.Criteria.TrueForAll(IsOfTheRecord) || !sql.IsDriven(query))
        {
            return null;
        }

        Page(sql, command, rights, query, null);
        return await rows.OpenAsync(await shorts.FindAsync(Statement(command), cancel), cancel);
    }

    // What lies behind a reference may be long to find, and others would wait for it.
    private static bool IsOfTheRecord(Criterion criterion) => criterion is { Chain.Count: 0, ByType.Count: 0 } && !SearchCodes.Needs(criterion);

    /// <summary>The result, where the first page is all that it takes.</summary>
    internal static SearchResult? Whole(SearchQuery query, List<StoredResource> page)
    {
        if (query.Inclusions.Count > 0)
        {
            return null;
        }

        if (page.Count <= query.Count)
        {
            return new SearchResult(page, [], null, null, query.Total == "none" ? null : page.Count);
        }

        return query.Total == "none" && query.Sort.Count == 0
            ? new SearchResult(page[..query.Count], [], null, new SearchCursor(false, [page[query.Count - 1].Key]), null) : null;
    }

    /// <param name="found">What <see cref="ShortAsync"/> gave.</param>
    /// <exception cref="SearchException">A value cannot be read.</exception>
    internal async Task<SearchResult> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel,
        SearchCursor? from = null, List<StoredResource>? found = null)
    {
        query = await codes.ResolveAsync(connection, transaction, rights, query, cancel);
        var counting = query.Summary == "count" || query.Count == 0;
        var matches = counting ? [] : found ?? await PageAsync(connection, transaction, rights, baseUrl, query, from, cancel);
        var (page, more) = (matches.Take(query.Count).ToList(), matches.Count > query.Count);
        if (from is { Backwards: true })
        {
            page.Reverse();
        }

        var whole = from is null && !more && !counting && query.Total != "none";
        var total = whole ? page.Count : await TotalAsync(connection, transaction, rights, baseUrl, query, cancel);
        var included = query.Inclusions.Count == 0 || page.Count == 0 ? [] : await inclusions.FindAsync(connection, transaction, rights, query, page, cancel);
        var (hasPrevious, hasNext) = from switch { null => (false, more), { Backwards: true } => (more, true), _ => (true, more) };
        var (previous, next) = page.Count == 0 || !(hasPrevious || hasNext) ? default : await EndsAsync(connection, transaction, query, page[0].Key, page[^1].Key, cancel);
        return new SearchResult(page, included, hasPrevious ? previous : null, hasNext ? next : null, total);
    }

    private async Task<List<StoredResource>> PageAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, SearchCursor? from, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        if (Page(new SearchSql(command, hashes.Live, rights, baseUrl, clock.GetUtcNow()), command, rights, query, from))
        {
            return await rows.ManyAsync(command, cancel);
        }

        await using var planned = Planned(command);
        return await rows.ManyAsync(planned, cancel);
    }

    /// <summary>Writes the statement that finds a page; true where its plan is known.</summary>
    private static bool Page(SearchSql sql, NpgsqlCommand command, AccessRights rights, SearchQuery query, SearchCursor? from)
    {
        var (tables, where, known) = Where(sql, command, rights, query);
        var order = new StringBuilder();
        var backwards = from is { Backwards: true };
        var keys = query.Sort.Select(k => (Sql: sql.SortExpression(k, "r"), Descending: k.Descending != backwards)).Append((Sql: "r.rid", Descending: backwards)).ToList();
        if (from is not null)
        {
            where += " and " + After(sql, keys, from.Values);
        }

        foreach (var (key, descending) in keys)
        {
            order.Append(order.Length == 0 ? "" : ", ").Append(key).Append(descending ? " desc" : "");
        }

        command.CommandText = $"select {ResourceRows.Columns}, r.rid from {tables} where {where} order by {order} limit {sql.Add(query.Count + 1)}";
        return known;
    }

    /// <summary>The statement, planned for its values: the plan that is right for a rare code is a hundred times too slow for a common one, and the other way round.</summary>
    private static NpgsqlBatch Planned(NpgsqlCommand command) => new(command.Connection, command.Transaction)
    {
        BatchCommands = { new NpgsqlBatchCommand("select set_config('plan_cache_mode', 'force_custom_plan', true)"), Statement(command) },
    };

    /// <summary>The command's statement with its parameters, which it gives up.</summary>
    private static NpgsqlBatchCommand Statement(NpgsqlCommand command)
    {
        var statement = new NpgsqlBatchCommand(command.CommandText);
        var parameters = command.Parameters.ToArray();
        command.Parameters.Clear();
        foreach (var parameter in parameters)
        {
            statement.Parameters.Add(parameter);
        }

        return statement;
    }

    private static (string Tables, string Conditions, bool IsPlanKnown) Where(SearchSql sql, NpgsqlCommand command, AccessRights rights, SearchQuery query)
    {
        var where = new StringBuilder(query.Types.Count == 1 ? $"r.type = {sql.Add(query.Types[0])}" : $"r.type = any({sql.Add(query.Types.ToArray())})");
        where.Append(" and r.method <> 'DELETE'");
        if (Reach.Sql(rights, "r", command) is var reach && reach != "true")
        {
            where.Append(" and ").Append(reach);
        }

        if (query.Compartment is { } compartment)
        {
            var (type, id) = (sql.Add(compartment.Type), sql.Add(compartment.Id));
            var member = $"r.rid in (select x.rid from care.index_reference x where x.param = any({sql.Add(compartment.Parameters)}) and x.target = {id} and x.target_type = {type})";
            // The record that a compartment is named after lies in it.
            where.Append(" and ").Append(query.Types.Contains(compartment.Type) ? $"({member} or (r.type = {type} and r.id = {id}))" : member);
        }

        var driver = sql.Driver(query, "r");
        foreach (var criterion in query.Criteria.Where(c => c != driver?.Fulfilled))
        {
            where.Append(" and ").Append(sql.Condition(criterion, "r"));
        }

        return (driver?.From ?? "care.resource r", where.ToString(),
            driver is not null || (query is { Criteria.Count: 0, Compartment: null } && rights is { PatientId: null, ControllerId: null }));
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

    /// <summary>Cursors back from the first and on from the last match of a page.</summary>
    private static async Task<(SearchCursor Previous, SearchCursor Next)> EndsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, SearchQuery query, long first, long last, CancellationToken cancel)
    {
        if (query.Sort.Count == 0)
        {
            return (new SearchCursor(true, [first]), new SearchCursor(false, [last]));
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, [], null!, "", default);
        var keys = query.Sort.Select(k => sql.SortExpression(k, "r")).ToList();
        command.CommandText = $"select {string.Join(", ", keys)}, r.rid from care.resource r where r.rid = any({sql.Add((long[])[first, last])})";
        var values = new Dictionary<long, object[]>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            values[row.GetInt64(keys.Count)] = [.. Enumerable.Range(0, keys.Count + 1).Select(row.GetValue)];
        }

        return (new SearchCursor(true, values[first]), new SearchCursor(false, values[last]));
    }

    private async Task<long?> TotalAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, string baseUrl, SearchQuery query, CancellationToken cancel)
    {
        var exact = query.Total == "accurate" || query.Summary == "count" || query.Count == 0;
        if (query.Total == "none" && !exact)
        {
            return null;
        }

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new SearchSql(command, hashes.Live, rights, baseUrl, clock.GetUtcNow());
        var (tables, where, known) = Where(sql, command, rights, query);
        command.CommandText = exact
            ? $"select count(*) from {tables} where {where}"
            : $"select count(*) from (select from {tables} where {where} limit {sql.Add(CountedFreely + 1)}) s";
        var count = known ? (long)(await command.ExecuteScalarAsync(cancel))! : await CountAsync(command, cancel);
        return exact || count <= CountedFreely ? count : null;
    }

    private static async Task<long> CountAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var planned = Planned(command);
        await using var row = await planned.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        await row.ReadAsync(cancel);
        return row.GetInt64(0);
    }
}
