using CareRecords.Rest;

namespace CareRecords.Search;

/// <summary>References, what lies behind them, and composites.</summary>
internal sealed partial class SearchSql
{
    private string Reference(Criterion criterion, string row) => criterion.Modifier == "identifier"
        ? In(row, "index_token", criterion, (index, v) => TokenValue(index.Variant("identifier"), v))
        : In(row, "index_reference", criterion, (index, v) => ReferenceValue(index, index.Key, criterion.Modifier, v));

    private string ReferenceValue(SearchIndex index, int key, string modifier, string value)
    {
        var target = SearchValues.Reference(index, modifier, value, baseUrl);
        var param = $"x.param = {Add(key)}";
        if (target.IsAbsolute)
        {
            return $"({param} and x.target = {Add(target.Versioned ?? target.Target)} and x.target_type = '')";
        }

        var type = modifier.Length > 0 ? modifier : target.Type;
        // A bare id means any of the parameter's target types.
        if (type.Length == 0)
        {
            return $"({param} and x.target = {Add(target.Target)})";
        }

        // Records that name one of ours by its whole address stand under that.
        var local = target.Versioned ?? target.Target;
        return $"({param} and x.target in ({Add(local)}, {Add($"{baseUrl}/{type}/{local}")}) and x.target_type in ({Add(type)}, ''))";
    }

    private string Chain(Criterion criterion, string row)
    {
        var branches = criterion.Chain.Where(c => rights.May(c.Type, Deeds.Search)).Select(link =>
        {
            var target = Alias();
            var byId = $"""
                {row}.rid in (select x.rid from care.index_reference x join care.resource {target} on {target}.type = x.target_type and {target}.id = x.target
                  where x.param = {Add(criterion.Index.Key)} and x.target_type = {Add(link.Type)} and {target}.method <> 'DELETE'
                  and {Reach.Sql(rights, target, command)} and {Condition(link.Inner, target)})
                """;
            if (link.Url is not { } url)
            {
                return byId;
            }

            target = Alias();
            return $"""
                ({byId} or {row}.rid in (select x.rid from care.index_reference x join care.index_uri u on u.param = {Add(url.Key)} and u.value = x.target
                  join care.resource {target} on {target}.rid = u.rid where x.param = {Add(criterion.Index.Key)} and x.target_type = ''
                  and {target}.type = {Add(link.Type)} and {target}.method <> 'DELETE' and {Reach.Sql(rights, target, command)} and {Condition(link.Inner, target)}))
                """;
        }).ToList();
        return branches.Count == 0 ? "false" : $"({string.Join(" or ", branches)})";
    }

    private string Reverse(Criterion criterion, string row)
    {
        var (type, inner, url) = criterion.Chain[0];
        if (!rights.May(type, Deeds.Search))
        {
            return "false";
        }

        var source = Alias();
        var byId = $"""
            ({row}.type, {row}.id) in (select x.target_type, x.target from care.index_reference x join care.resource {source} on {source}.rid = x.rid
              where x.param = {Add(criterion.Index.Key)} and {source}.method <> 'DELETE' and {Reach.Sql(rights, source, command)}
              and {Condition(inner, source)})
            """;
        if (url is null)
        {
            return byId;
        }

        source = Alias();
        return $"""
            ({byId} or {row}.rid in (select u.rid from care.index_reference x join care.index_uri u on u.param = {Add(url.Key)} and u.value = x.target
              join care.resource {source} on {source}.rid = x.rid where x.param = {Add(criterion.Index.Key)} and x.target_type = ''
              and {source}.method <> 'DELETE' and {Reach.Sql(rights, source, command)} and {Condition(inner, source)}))
            """;
    }

    /// <summary>The parts of "a$b", found at the same place of the record.</summary>
    private string Composite(SearchIndex index, string value, string row)
    {
        var parts = SearchValues.Parts(value, '$');
        if (parts.Count != index.Components.Count)
        {
            throw new SearchException($"{index.Code} is written {string.Join('$', index.Components.Select(c => c.Type))}.");
        }

        var (first, second) = index.Code == "relationship" && parts[0].Contains('/', StringComparison.Ordinal) ? (parts[1], parts[0]) : (parts[0], parts[1]);
        var (system, code) = SearchValues.Token(first);
        var key = index.Variant(ResourceIndexer.CompositeName(system, code));
        if (parts.Count == 3)
        {
            return In(row, "index_number", () => [$"(x.param = {Add(key)} and {OneNumber("x.low", second)} and {OneNumber("x.high", parts[2])})"]);
        }

        return index.Components[1].Type switch
        {
            "quantity" => In(row, "index_number", () => [Quantity(key, SearchTable.Key($"{key}:canonical"), second)]),
            "date" => In(row, "index_date", () => [Date(key, second)]),
            "string" => In(row, "index_text", () => [Text(key, index, "", second)]),
            "reference" => In(row, "index_reference", () => [ReferenceValue(index, key, "", second)]),
            _ => In(row, "index_token", () => [TokenValue(key, second)]),
        };
    }

    /// <summary>A number by itself, where a row's two numbers are two values.</summary>
    private string OneNumber(string column, string value)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        var (exact, low, high) = SearchValues.Number(text);
        return $"({Compared(prefix, exact, low, high, column, column)})";
    }
}
