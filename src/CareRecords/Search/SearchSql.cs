using System.Globalization;
using CareRecords.Rest;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Search;

/// <summary>
/// Turns criteria into conditions on a row of care.resource. Values are parameters, never text. Every record that a chain or _has rests on is
/// filtered by the caller's rights too.
/// </summary>
internal sealed partial class SearchSql(NpgsqlCommand command, IReadOnlyList<SearchHash> hashes, AccessRights rights, string baseUrl, DateTimeOffset now)
{
    // PostgreSQL's protocol takes 65,535 in one statement.
    private const int MostSqlParameters = 60_000;

    private int _aliases;

    // The key for which a condition is being written.
    private SearchHash? _hash = hashes.Count > 0 ? hashes[0] : null;
    private string? _driven;

    /// <summary>The condition that row <paramref name="row"/> (of <paramref name="type"/>) fulfils the criterion.</summary>
    internal string Condition(Criterion criterion, string row)
    {
        if (criterion.ByType.Count > 0)
        {
            return $"({string.Join(" or ", criterion.ByType.Select(c => $"({row}.type = {Add(c.Type)} and {Condition(c.Inner, row)})"))})";
        }

        if (criterion.Chain.Count > 0)
        {
            return criterion.IsReverse ? Reverse(criterion, row) : Chain(criterion, row);
        }

        return criterion.Modifier switch
        {
            "missing" => Missing(criterion, row),
            "not" or "not-in" => $"not {Plain(criterion, row)}",
            _ => Plain(criterion, row),
        };
    }

    private string Plain(Criterion criterion, string row) => criterion.Index.Code switch
    {
        "_id" => $"{row}.id = any({Add(criterion.Values.Select(SearchValues.Plain).ToArray())})",
        "_lastUpdated" => Any(criterion.Values, v => Updated(v, row)),
        _ => criterion.Index.Type switch
        {
            "token" => Token(criterion, row),
            "string" => In(row, "index_text", criterion, (index, v) => Text(index.Key, index, criterion.Modifier, v)),
            "date" => In(row, "index_date", criterion, (index, v) => Date(index.Key, v)),
            "number" => In(row, "index_number", criterion, (index, v) => NumberCondition(index.Key, v, [])),
            "quantity" => In(row, "index_number", criterion, (index, v) => Quantity(index.Key, index.Variant("canonical"), v)),
            "reference" => Reference(criterion, row),
            "uri" => In(row, "index_uri", criterion, (index, v) => Uri(index.Key, criterion.Modifier, SearchValues.Plain(v))),
            _ => $"({string.Join(" or ", criterion.Indexes.SelectMany(i => criterion.Values.Select(v => Composite(i, v, row))))})",
        },
    };

    /// <summary>Whether there is a value, in whichever form it is kept.</summary>
    private string Missing(Criterion criterion, string row)
    {
        var absent = criterion.Values[0] == "true";
        if (criterion.Index.Code is "_id" or "_lastUpdated")
        {
            return absent ? "false" : "true";
        }

        (string Table, string? Variant)[] places = criterion.Index.Type switch
        {
            "token" => [("index_token", null), ("index_text", "text")],
            "reference" => [("index_reference", null), ("index_token", "identifier")],
            _ => [(TableOf(criterion.Index), null)],
        };
        var present = string.Join(" or ", places.Select(p =>
        {
            var keys = criterion.Indexes.Select(i => p.Variant is null ? i.Key : i.Variant(p.Variant)).ToArray();
            return $"exists (select from care.{p.Table} x where x.rid = {row}.rid and x.param = {(keys.Length == 1 ? Add(keys[0]) : $"any({Add(keys)})")})";
        }));
        return absent ? $"not ({present})" : $"({present})";
    }

    /// <summary>What a sort key is ordered by; records without a value come last either way.</summary>
    internal string SortExpression(SortKey key, string row) => key.Index.Code switch
    {
        "_id" => $"{row}.id",
        "_lastUpdated" => $"{row}.last_updated",
        _ => key.Index.Type switch
        {
            "date" => $"coalesce((select {(key.Descending ? "max(x.high)" : "min(x.low)")} from care.index_date x where x.rid = {row}.rid and x.param = {Keys(key)}), {(key.Descending ? "'-infinity'" : "'infinity'")}::timestamptz)",
            "string" or "uri" or "reference" => $"coalesce((select {(key.Descending ? "max" : "min")}({(key.Index.Type == "reference" ? "x.target_type || '/' || x.target" : "x.value")}) from care.{TableOf(key.Index)} x where x.rid = {row}.rid and x.param = {Keys(key)}), {(key.Descending ? "''" : "U&'\\+10FFFF'")}) collate \"C\"",
            _ => $"coalesce((select {(key.Descending ? "max(x.high)" : "min(x.low)")} from care.index_number x where x.rid = {row}.rid and x.param = {Keys(key)}), {(key.Descending ? "-1e29" : "1e29")})",
        },
    };

    private string Keys(SortKey key) => key.Indexes.Count == 1 ? Add(key.Index.Key) : $"any({Add(key.Indexes.Select(i => i.Key).ToArray())})";

    internal string Add(object value)
    {
        if (command.Parameters.Count >= MostSqlParameters)
        {
            throw new SearchException("The search has too many values.");
        }

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

    /// <summary>Some row of an index table fulfils, for one of the values, the condition on `x`.</summary>
    private string In(string row, string table, Criterion criterion, Func<SearchIndex, string, string> condition) =>
        In(row, table, () => criterion.Indexes.Select(index => Any(criterion.Values, v => condition(index, v))));

    private string In(string row, string table, Func<IEnumerable<string>> conditions) => row == _driven
        // Nothing is joined or hashed: `offset 0` has each of the few records looked up by its key.
        ? $"exists (select from care.{table} x where x.rid = {row}.rid and ({UnderEachKey(conditions)}) offset 0)"
        : $"{row}.rid in (select x.rid from care.{table} x where {UnderEachKey(conditions)})";

    /// <summary>While keys are rotated a row may stand under either.</summary>
    private string UnderEachKey(Func<IEnumerable<string>> conditions) => hashes.Count < 2
        ? string.Join(" or ", conditions())
        : string.Join(" or ", hashes.SelectMany(key =>
        {
            _hash = key;
            return conditions().ToList();
        }).ToList());

    private string Alias() => "t" + (++_aliases).ToString(CultureInfo.InvariantCulture);

    private string Token(Criterion criterion, string row) => criterion.Modifier switch
    {
        "text" => In(row, "index_text", criterion, (index, v) => Text(index.Variant("text"), index, "", v)),
        "of-type" => In(row, "index_token", criterion, OfType),
        "in" or "not-in" or "above" or "below" => In(row, "index_token", () => criterion.Indexes.Select(index => AnyCode(index.Key, criterion.Codes!))),
        _ => In(row, "index_token", criterion, (index, v) => TokenValue(index.Key, v)),
    };

    private string OfType(SearchIndex index, string value)
    {
        if (SearchValues.Parts(value, '|') is not [var system, { Length: > 0 } code, { Length: > 0 } number])
        {
            throw new SearchException(":of-type is written system|code|value.");
        }

        var key = index.Variant("of-type");
        var any = $"x.param = {Add(key)} and x.code = {Add(_hash!.Token(key, $"{code}|{number}"))}";
        return system.Length == 0 ? $"({any})" : $"({any} and x.system = {Add(_hash!.System(key, system))})";
    }

    private string AnyCode(int key, IReadOnlyList<(string? System, string Code)> codes)
    {
        var (exact, loose) = (codes.Where(c => c.System is not null).ToList(), codes.Where(c => c.System is null).ToList());
        var pairs = $"(x.code, x.system) in (select c, s from unnest({Add(exact.Select(c => _hash!.Token(key, c.Code)).ToArray())}, {Add(exact.Select(c => _hash!.System(key, c.System)).ToArray())}) as v(c, s))";
        return loose.Count == 0 ? $"(x.param = {Add(key)} and {pairs})"
            : $"(x.param = {Add(key)} and ({pairs} or x.code = any({Add(loose.Select(c => _hash!.Token(key, c.Code)).ToArray())})))";
    }

    /// <summary>system|code, |code (no system), code (any system), system| (any code).</summary>
    private string TokenValue(int key, string value)
    {
        var (system, code) = SearchValues.Token(value);
        // The code system of true and false, which no element names.
        if (system is "http://terminology.hl7.org/CodeSystem/special-values" or "http://hl7.org/fhir/special-values" && code is "true" or "false")
        {
            system = null;
        }

        var any = $"x.param = {Add(key)}";
        if (code is not null)
        {
            any += $" and x.code = {Add(_hash!.Token(key, code))}";
        }

        return system is null ? $"({any})" : $"({any} and x.system = {Add(_hash!.System(key, system))})";
    }

    private string Text(int key, SearchIndex index, string modifier, string value)
    {
        var text = SearchValues.Plain(value);
        // Nothing but punctuation begins or contains nothing that is compared.
        if (FoldedText.Of(text) is not { Length: > 0 } folded)
        {
            return "false";
        }

        var param = $"x.param = {Add(key)}";
        return modifier switch
        {
            "exact" => $"({param} and x.value = {Add(folded)} and x.exact = {Add(_hash!.Exact(index.Key, text))})",
            "contains" => $"({param} and x.value like {Add("%" + SearchValues.Pattern(folded) + "%")})",
            _ => $"({param} and x.value like {Add(SearchValues.Pattern(folded) + "%")})",
        };
    }

    private string Uri(int key, string modifier, string value)
    {
        var param = $"x.param = {Add(key)}";
        return modifier switch
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
}
