using System.Globalization;
using CareRecords.Rest;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Search;

/// <summary>
/// Turns criteria into conditions on a row of care.resource. Values are parameters, never text. Every record that a chain or _has rests on is
/// filtered by the caller's rights too.
/// </summary>
internal sealed partial class SearchSql(NpgsqlCommand command, SearchHash hash, AccessRights rights, string baseUrl, DateTimeOffset now)
{
    private int _aliases;

    /// <summary>The condition that row <paramref name="row"/> (of <paramref name="type"/>) fulfils the criterion.</summary>
    internal string Condition(Criterion criterion, string row)
    {
        if (criterion.Chain.Count > 0)
        {
            return criterion.IsReverse ? Reverse(criterion, row) : Chain(criterion, row);
        }

        var index = criterion.Index;
        if (criterion.Modifier == "missing")
        {
            var absent = criterion.Values[0] == "true" ? "not " : "";
            return $"{absent}exists (select from care.{TableOf(index)} x where x.rid = {row}.rid and x.param = {Add(index.Key)})";
        }

        return index.Code switch
        {
            "_id" => $"{row}.id = any({Add(criterion.Values.ToArray())})",
            "_lastUpdated" => Any(criterion.Values, v => Updated(v, row)),
            _ => index.Type switch
            {
                "token" => Token(criterion, row),
                "string" => In(row, "index_text", criterion.Values, v => Text(criterion, v)),
                "date" => In(row, "index_date", criterion.Values, v => Date(index.Key, v)),
                "number" => In(row, "index_number", criterion.Values, v => NumberCondition(index.Key, v, [])),
                "quantity" => In(row, "index_number", criterion.Values, v => Quantity(index.Key, index.Variant("canonical"), v)),
                "reference" => Reference(criterion, row),
                "uri" => In(row, "index_uri", criterion.Values, v => Uri(criterion, v)),
                _ => Any(criterion.Values, v => Composite(index, v, row)),
            },
        };
    }

    /// <summary>What a sort key is ordered by; records without a value come last either way.</summary>
    internal string SortExpression(SortKey key, string row) => key.Index.Code switch
    {
        "_id" => $"{row}.id",
        "_lastUpdated" => $"{row}.last_updated",
        _ => key.Index.Type switch
        {
            "date" => $"coalesce((select {(key.Descending ? "max(x.high)" : "min(x.low)")} from care.index_date x where x.rid = {row}.rid and x.param = {Add(key.Index.Key)}), {(key.Descending ? "'-infinity'" : "'infinity'")}::timestamptz)",
            "string" => $"coalesce((select {(key.Descending ? "max" : "min")}(x.value) from care.index_text x where x.rid = {row}.rid and x.param = {Add(key.Index.Key)}), {(key.Descending ? "''" : "U&'\\+10FFFF'")}) collate \"C\"",
            _ => $"coalesce((select {(key.Descending ? "max(x.high)" : "min(x.low)")} from care.index_number x where x.rid = {row}.rid and x.param = {Add(key.Index.Key)}), {(key.Descending ? "-1e29" : "1e29")})",
        },
    };

    internal string Add(object value)
    {
        command.Parameters.Add(value is DateTimeOffset at
            ? new NpgsqlParameter { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz }
            : new NpgsqlParameter { Value = value });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    private static string TableOf(SearchIndex index) => index.Type switch
    {
        "string" => "index_text",
        "date" => "index_date",
        "number" or "quantity" => "index_number",
        "reference" => "index_reference",
        "uri" => "index_uri",
        _ => "index_token",
    };

    private static string Any(IEnumerable<string> values, Func<string, string> condition) => $"({string.Join(" or ", values.Select(condition))})";

    /// <summary>Some row of an index table fulfils one of the conditions on `x`.</summary>
    private static string In(string row, string table, IEnumerable<string> values, Func<string, string> condition) =>
        $"{row}.rid in (select x.rid from care.{table} x where {Any(values, condition)})";

    private string Alias() => "t" + (++_aliases).ToString(CultureInfo.InvariantCulture);

    private string Chain(Criterion criterion, string row)
    {
        var branches = criterion.Chain.Where(c => rights.May(c.Type, Deeds.Search)).Select(link =>
        {
            var target = Alias();
            return $"""
                {row}.rid in (select x.rid from care.index_reference x join care.resource {target} on {target}.type = x.target_type and {target}.id = x.target
                  where x.param = {Add(criterion.Index.Key)} and x.target_type = {Add(link.Type)} and {target}.method <> 'DELETE'
                  and {Reach.Sql(rights, target, command)} and {Condition(link.Inner, target)})
                """;
        }).ToList();
        return branches.Count == 0 ? "false" : $"({string.Join(" or ", branches)})";
    }

    private string Reverse(Criterion criterion, string row)
    {
        var (type, inner) = criterion.Chain[0];
        if (!rights.May(type, Deeds.Search))
        {
            return "false";
        }

        var source = Alias();
        return $"""
            ({row}.type, {row}.id) in (select x.target_type, x.target from care.index_reference x join care.resource {source} on {source}.rid = x.rid
              where x.param = {Add(criterion.Index.Key)} and {source}.method <> 'DELETE' and {Reach.Sql(rights, source, command)}
              and {Condition(inner, source)})
            """;
    }

    private string Token(Criterion criterion, string row)
    {
        var index = criterion.Index;
        return criterion.Modifier switch
        {
            "not" => $"not {In(row, "index_token", criterion.Values, v => TokenValue(index.Key, v))}",
            "text" => In(row, "index_text", criterion.Values, v => $"(x.param = {Add(index.Variant("text"))} and x.value like {Add(SearchValues.Pattern(FoldedText.Of(v)) + "%")})"),
            "of-type" => In(row, "index_token", criterion.Values, v => OfType(index, v)),
            _ => In(row, "index_token", criterion.Values, v => TokenValue(index.Key, v)),
        };
    }

    private string OfType(SearchIndex index, string value)
    {
        if (SearchValues.Parts(value, '|') is not [var system, var code, var number])
        {
            throw new SearchException(":of-type is written system|code|value.");
        }

        var key = index.Variant("of-type");
        return $"(x.param = {Add(key)} and x.code = {Add(hash.Code(key, $"{code}|{number}"))} and x.system = {Add(hash.System(key, system))})";
    }

    /// <summary>system|code, |code (no system), code (any system), system| (any code).</summary>
    private string TokenValue(int key, string value)
    {
        var parts = SearchValues.Parts(value, '|');
        var any = $"x.param = {Add(key)}";
        return parts switch
        {
            [var code] => $"({any} and x.code = any({Add(Cases(key, code))}))",
            ["", var code] => $"({any} and x.code = any({Add(Cases(key, code))}) and x.system = {Add(Guid.Empty)})",
            [var system, ""] => $"({any} and x.system = {Add(hash.System(key, system))})",
            // Elements of type code have no system of their own: the definition implies it.
            [var system, var code] => $"({any} and x.code = any({Add(Cases(key, code))}) and x.system = {Add(hash.System(key, system))})",
            _ => throw new SearchException("A token is written code, system|code, |code or system|."),
        };
    }

    // Contact points are kept in lower case; a code that is asked for in another case is another code.
    private Guid[] Cases(int key, string code) => code.Contains('@', StringComparison.Ordinal) && code.ToLowerInvariant() is var lower && lower != code
        ? [hash.Code(key, code), hash.Code(key, lower)] : [hash.Code(key, code)];

    private string Text(Criterion criterion, string value)
    {
        var param = $"x.param = {Add(criterion.Index.Key)}";
        var text = SearchValues.Parts(value, '\0')[0];
        return criterion.Modifier switch
        {
            "exact" => $"({param} and x.value = {Add(FoldedText.Of(text))} and x.exact = {Add(hash.Exact(criterion.Index.Key, text))})",
            "contains" => $"({param} and x.value like {Add("%" + SearchValues.Pattern(FoldedText.Of(text)) + "%")})",
            _ => $"({param} and x.value like {Add(SearchValues.Pattern(FoldedText.Of(text)) + "%")})",
        };
    }

    private string Reference(Criterion criterion, string row)
    {
        var index = criterion.Index;
        if (criterion.Modifier == "identifier")
        {
            return In(row, "index_token", criterion.Values, v => TokenValue(index.Variant("identifier"), v));
        }

        return In(row, "index_reference", criterion.Values, v =>
        {
            var local = v.StartsWith(baseUrl + "/", StringComparison.Ordinal) ? v[(baseUrl.Length + 1)..] : v;
            var target = ReferenceValue.Parse(local);
            var condition = $"x.param = {Add(index.Key)} and x.target = {Add(target.Target)}";
            var type = criterion.Modifier.Length > 0 ? criterion.Modifier : target.Type;
            // A bare id means any of the parameter's target types; an address with a scheme means itself.
            return type.Length > 0 ? $"({condition} and x.target_type = {Add(type)})" : $"({condition})";
        });
    }

    private string Uri(Criterion criterion, string value)
    {
        var param = $"x.param = {Add(criterion.Index.Key)}";
        return criterion.Modifier switch
        {
            "below" => $"({param} and (x.value = {Add(value)} or x.value like {Add(SearchValues.Pattern(value.TrimEnd('/')) + "/%")}))",
            "above" => $"({param} and x.value = any({Add(Above(value))}))",
            _ => $"({param} and x.value = {Add(value)})",
        };
    }

    private static string[] Above(string uri)
    {
        var above = new List<string>();
        for (var at = uri; at.Length > 0; at = at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "")
        {
            above.Add(at);
            above.Add(at + "/");
        }

        return [.. above];
    }

    /// <summary>The two parts of "a$b", found at the same place of the record.</summary>
    private string Composite(SearchIndex index, string value, string row)
    {
        if (SearchValues.Parts(value, '$') is not [var first, var second] || index.Components.Count != 2 || index.Components[0].Type != "token")
        {
            throw new SearchException($"{index.Code} is written value$value.");
        }

        var token = SearchValues.Parts(first, '|');
        var key = index.Variant(token.Count == 1 ? $"*|{token[0]}" : $"{token[0]}|{token[1]}");
        return index.Components[1].Type switch
        {
            "quantity" => In(row, "index_number", [second], v => Quantity(key, SearchTable.Key($"{key}:canonical"), v)),
            "date" => In(row, "index_date", [second], v => Date(key, v)),
            "string" => In(row, "index_text", [second], v => $"(x.param = {Add(key)} and x.value like {Add(SearchValues.Pattern(FoldedText.Of(v)) + "%")})"),
            "reference" => In(row, "index_reference", [second], v => $"(x.param = {Add(key)} and x.target = {Add(ReferenceValue.Parse(v).Target)})"),
            _ => In(row, "index_token", [second], v => TokenValue(key, v)),
        };
    }
}
