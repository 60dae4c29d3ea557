using CareRecords.Store;

namespace CareRecords.Search;

/// <summary>Judges a computed resource by its index rows, with the same meaning that the index tables give a criterion.</summary>
internal sealed partial class RowMatch(SearchHash hash, string baseUrl, DateTimeOffset now)
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
        "string" => rows.Texts.Any(t => t.Param == index.Key),
        "uri" => rows.Uris.Any(u => u.Param == index.Key),
        "number" or "quantity" => rows.Numbers.Any(n => n.Param == index.Key),
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
            { Type: "date" } => criterion.Values.Any(v => Date(index.Key, v, rows)),
            { Type: "string" } => criterion.Values.Any(v => Text(index, index.Key, criterion.Modifier, v, rows)),
            { Type: "uri" } => criterion.Values.Any(v => Uri(index.Key, criterion.Modifier, SearchValues.Plain(v), rows)),
            { Type: "number" } => criterion.Values.Any(v => Number(index.Key, v, rows, _ => true)),
            { Type: "quantity" } => criterion.Values.Any(v => Quantity(index.Key, index.Variant("canonical"), v, rows)),
            { Type: "composite" } => criterion.Values.Any(v => Composite(index, v, rows)),
            { Type: "reference" } when criterion.Modifier == "identifier" => criterion.Values.Any(v => Token(index.Variant("identifier"), v, rows)),
            { Type: "reference" } => criterion.Values.Any(v => Reference(index, index.Key, criterion.Modifier, v, rows)),
            _ when criterion.Codes is { } codes => codes.Any(c => Token(index.Key, c.System, c.Code, rows)),
            _ when criterion.Modifier == "text" => criterion.Values.Any(v => Text(index, index.Variant("text"), "", v, rows)),
            _ when criterion.Modifier == "of-type" => criterion.Values.Any(v => OfType(index, v, rows)),
            { Type: "token" } when criterion.Modifier is "" or "not" => criterion.Values.Any(v => Token(index.Key, v, rows)),
            _ => throw new SearchException($"{index.Code} is not served in this form for what is computed at each request."),
        };
    }

    private bool Token(int key, string value, IndexRows rows)
    {
        var (system, code) = SearchValues.Token(value);
        // The code system of true and false, which no element names.
        return Token(key, system is "http://terminology.hl7.org/CodeSystem/special-values" && code is "true" or "false" ? null : system, code, rows);
    }

    private bool Token(int key, string? system, string? code, IndexRows rows) => rows.Tokens.Any(t =>
        t.Param == key && (code is null || t.Code == hash.Token(key, code)) && (system is null || t.System == hash.System(key, system)));

    private bool Reference(SearchIndex index, int key, string modifier, string value, IndexRows rows)
    {
        var target = SearchValues.Reference(index, modifier, value, baseUrl);
        var type = target.IsAbsolute ? "" : modifier.Length > 0 ? modifier : target.Type;
        var wanted = target.Versioned ?? target.Target;
        return rows.References.Any(r => r.Param == key && r.Target == wanted && (target.IsId && type.Length == 0 || r.TargetType == type));
    }

    private bool Date(int key, string value, IndexRows rows) => rows.Dates.Any(d => d.Param == key && Date(value, d.Low, d.High));

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
