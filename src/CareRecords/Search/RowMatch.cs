using CareRecords.Store;

namespace CareRecords.Search;

/// <summary>Judges a computed resource by its index rows, with the same meaning that the index tables give a criterion.</summary>
internal sealed class RowMatch(SearchHash hash, string baseUrl, DateTimeOffset now)
{
    internal bool Holds(Criterion criterion, ViewedResource resource, IndexRows rows) => criterion.Modifier switch
    {
        "missing" => Present(criterion.Index, rows) == (criterion.Values[0] == "false"),
        "not" or "not-in" => !Any(criterion, resource, rows),
        _ => Any(criterion, resource, rows),
    };

    private static bool Present(SearchIndex index, IndexRows rows) => index.Code is "_id" or "_lastUpdated" || index.Type switch
    {
        "date" => rows.Dates.Any(d => d.Param == index.Key),
        "reference" => rows.References.Any(r => r.Param == index.Key) || rows.Tokens.Any(t => t.Param == index.Variant("identifier")),
        _ => rows.Tokens.Any(t => t.Param == index.Key) || rows.Texts.Any(t => t.Param == index.Variant("text")),
    };

    private bool Any(Criterion criterion, ViewedResource resource, IndexRows rows)
    {
        var index = criterion.Index;
        return index switch
        {
            { Code: "_id" } => criterion.Values.Any(v => SearchValues.Plain(v) == resource.Id),
            { Code: "_lastUpdated" } => criterion.Values.Any(v => Date(v, resource.LastUpdated, resource.LastUpdated.AddTicks(1))),
            { Type: "date" } => criterion.Values.Any(v => rows.Dates.Any(d => d.Param == index.Key && Date(v, d.Low, d.High))),
            { Type: "reference" } when criterion.Modifier == "identifier" => criterion.Values.Any(v => Token(index.Variant("identifier"), v, rows)),
            { Type: "reference" } => criterion.Values.Any(v => Reference(criterion, v, rows)),
            _ when criterion.Codes is { } codes => codes.Any(c => Token(index.Key, c.System, c.Code, rows)),
            _ when criterion.Modifier == "text" => criterion.Values.Any(v => Text(index.Variant("text"), v, rows)),
            { Type: "token" } when criterion.Modifier is "" or "not" => criterion.Values.Any(v => Token(index.Key, v, rows)),
            _ => throw new SearchException($"{index.Code} is not served in this form for what is computed at each request."),
        };
    }

    private bool Token(int key, string value, IndexRows rows)
    {
        var (system, code) = SearchValues.Token(value);
        return Token(key, system, code, rows);
    }

    private bool Token(int key, string? system, string? code, IndexRows rows) => rows.Tokens.Any(t =>
        t.Param == key && (code is null || t.Code == hash.Token(key, code)) && (system is null || t.System == hash.System(key, system)));

    private static bool Text(int key, string value, IndexRows rows) =>
        FoldedText.Of(SearchValues.Plain(value)) is { Length: > 0 } folded && rows.Texts.Any(t => t.Param == key && t.Value.StartsWith(folded, StringComparison.Ordinal));

    private bool Reference(Criterion criterion, string value, IndexRows rows)
    {
        var target = SearchValues.Reference(criterion.Index, criterion.Modifier, value, baseUrl);
        var type = target.IsAbsolute ? "" : criterion.Modifier.Length > 0 ? criterion.Modifier : target.Type;
        var wanted = target.Versioned ?? target.Target;
        return rows.References.Any(r => r.Param == criterion.Index.Key && r.Target == wanted && (target.IsId && type.Length == 0 || r.TargetType == type));
    }

    private bool Date(string value, DateTimeOffset low, DateTimeOffset high)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        var asked = SearchValues.Date(text);
        var within = low >= asked.Low && high <= asked.High;
        var slack = (now - asked.Low).Duration() / 10;
        return prefix switch
        {
            "eq" => within,
            "ne" => !within,
            "gt" => high > asked.High,
            "lt" => low < asked.Low,
            "ge" => high > asked.High || low >= asked.Low,
            "le" => low < asked.Low || within,
            "sa" => low >= asked.High,
            "eb" => high <= asked.Low,
            _ => low - slack < asked.High && high + slack >= asked.Low,
        };
    }
}
