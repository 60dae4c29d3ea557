using System.Globalization;
using System.Text;
using CareRecords.Rest;
using CareRecords.Store;

namespace CareRecords.Search;

/// <summary>Reads the search grammar (https://hl7.org/fhir/R4/search.html). What cannot be understood is named, never silently left out.</summary>
internal sealed class SearchParser(SearchTable table, ServedTypes types, FhirOptions options)
{
    private const int LongestChain = 6;
    private const int MostValues = 500;

    // Control parameters that the pipeline has read, or that have no effect on what is found.
    private static readonly HashSet<string> _elsewhere = ["_format", "_pretty", "_contained", "_containedType"];

    /// <exception cref="SearchException">A parameter that is known was used wrongly.</exception>
    internal SearchQuery Parse(IReadOnlyList<string> searched, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var query = new SearchQuery { Types = searched, Count = options.DefaultPageSize };
        var given = parameters.ToList();
        if (given.LastOrDefault(p => p.Key == "_type").Value is { } only)
        {
            var wanted = only.Split(',');
            query = new SearchQuery { Types = [.. searched.Where(t => wanted.Contains(t))], Count = query.Count };
        }

        foreach (var (name, value) in given)
        {
            if (value.Length == 0 || !Control(query, name, value))
            {
                if (value.Length == 0)
                {
                    query.Ignored.Add($"{name}: no value");
                    continue;
                }

                AddCriterion(query, name, value);
            }
        }

        return query;
    }

    private bool Control(SearchQuery query, string name, string value)
    {
        var (code, modifier) = Split(name);
        switch (code)
        {
            case "_type":
                break;
            case "_count":
                query.Count = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? Math.Min(count, options.MaxPageSize) : throw new SearchException("_count is a number.");
                break;
            case "_page":
                query.Page = value;
                return true;
            case "_total":
                query.Total = value is "none" or "estimate" or "accurate" ? value : throw new SearchException("_total is none, estimate or accurate.");
                break;
            case "_summary":
                query.Summary = value is "true" or "false" or "count" or "text" or "data"
                    ? value : throw new SearchException("_summary is true, false, count, text or data.");
                break;
            case "_elements":
                query.Elements = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                break;
            case "_sort":
                foreach (var key in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    query.Sort.Add(SortBy(query, key));
                }

                break;
            case "_include" or "_revinclude":
                query.Inclusions.AddRange(Include(code == "_revinclude", modifier is "iterate" or "recurse", value));
                break;
            default:
                return _elsewhere.Contains(code);
        }

        query.Used.Add(new(name, value));
        return true;
    }

    private void AddCriterion(SearchQuery query, string name, string value)
    {
        var criterion = query.Types.Count == 0 ? null : Read(query.Types[0], name, value, 0);
        if (criterion is null || (query.Types.Count > 1 && !criterion.Index.Code.StartsWith('_')))
        {
            query.Ignored.Add($"{Shown(name)}: not a search parameter that is served for {string.Join(", ", query.Types.Take(3))}");
            return;
        }

        query.Criteria.Add(criterion);
        query.Used.Add(new(name, value));
    }

    private Criterion? Read(string type, string name, string value, int depth)
    {
        if (depth > LongestChain)
        {
            throw new SearchException($"A chain has {LongestChain} links at most.");
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(type, name["_has:".Length..], value, depth);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (code, modifier) = Split(dot < 0 ? name : name[..dot]);
        if (table.Find(type, code) is not { } index)
        {
            return null;
        }

        return dot < 0 ? Checked(new Criterion(index, modifier, Values(value))) : Chained(index, modifier, name[(dot + 1)..], value, depth);
    }

    private Criterion? Chained(SearchIndex index, string modifier, string rest, string value, int depth)
    {
        if (index.Type != "reference")
        {
            throw new SearchException($"{index.Code} is not a reference and cannot be chained.");
        }

        var targets = modifier.Length > 0 ? [modifier] : index.Parameter.Targets.Where(t => types.Find(t) is not null).ToList();
        var chain = targets.Select(t => (Type: t, Inner: Read(t, rest, value, depth + 1))).Where(c => c.Inner is not null).Select(c => (c.Type, c.Inner!)).ToList();
        return chain.Count == 0 ? null : new Criterion(index, "", []) { Chain = chain };
    }

    /// <summary>`_has:Observation:patient:code=…`: records of this type that an Observation found by code points to with patient.</summary>
    private Criterion? Has(string type, string rest, string value, int depth)
    {
        if (rest.Split(':', 3) is not [var source, var reference, var inner] || table.Find(source, reference) is not { Type: "reference" } index)
        {
            return null;
        }

        return Read(source, inner, value, depth + 1) is { } criterion && (index.Parameter.Targets.Count == 0 || index.Parameter.Targets.Contains(type))
            ? new Criterion(index, "", []) { Chain = [(source, criterion)], IsReverse = true } : null;
    }

    private SortKey SortBy(SearchQuery query, string key)
    {
        var descending = key.StartsWith('-');
        var code = descending ? key[1..] : key;
        var index = query.Types.Count > 0 ? table.Find(query.Types[0], code) : null;
        return index is { Type: "date" or "string" or "number" or "quantity" } or { Code: "_id" }
            ? new SortKey(index, descending)
            : throw new SearchException(index is null
                ? $"_sort: {Shown(code)} is not a search parameter here."
                : $"_sort: {code} is kept as a keyed hash or a reference and has no order.");
    }

    private IEnumerable<Inclusion> Include(bool reverse, bool iterate, string value)
    {
        var parts = value.Split(':');
        if (parts is ["*"] || parts.Length is < 2 or > 3 || types.Find(parts[0]) is null)
        {
            throw new SearchException("_include and _revinclude are written Type:parameter or Type:parameter:TargetType, with * for all parameters of a type.");
        }

        var index = table.Find(parts[0], parts[1]);
        if (parts[1] != "*" && index is not { Type: "reference" })
        {
            throw new SearchException($"{Shown(parts[1])} is not a reference parameter of {parts[0]}.");
        }

        yield return new Inclusion(parts[0], index, parts.Length == 3 ? parts[2] : null, reverse, iterate);
    }

    private Criterion Checked(Criterion criterion)
    {
        var (type, modifier) = (criterion.Index.Type, criterion.Modifier);
        var served = modifier switch
        {
            "" => true,
            "missing" => criterion.Values is ["true"] or ["false"]
                && criterion.Index.Code is not ("_id" or "_lastUpdated")
                    ? true : throw new SearchException(":missing is true or false."),
            "not" => type == "token",
            "text" => type == "token",
            "of-type" => type == "token" && criterion.Index.Code == "identifier",
            "exact" or "contains" => type == "string",
            "identifier" => type == "reference",
            "below" or "above" => type == "uri",
            _ => type == "reference" && types.Find(modifier) is not null,
        };
        return served ? criterion : throw new SearchException($":{Shown(modifier)} is not served for {criterion.Index.Code}, a {type} parameter.");
    }

    private static (string Code, string Modifier) Split(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);

    /// <summary>Splits at commas that are not escaped; the escapes of '$' and '|' are left for those who split there.</summary>
    private static List<string> Values(string text)
    {
        var values = new List<string>();
        var current = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ',' or '\\')
            {
                current.Append(text[i + 1] == ',' ? "," : "\\\\");
                i++;
            }
            else if (text[i] == ',')
            {
                values.Add(current.ToString());
                current.Clear();
            }
            else
            {
                current.Append(text[i]);
            }
        }

        values.Add(current.ToString());
        return values.Count <= MostValues ? values : throw new SearchException($"A parameter has {MostValues} values at most.");
    }

    /// <summary>What a client sent, shortened, for a message.</summary>
    private static string Shown(string text) => text.Length <= 60 ? text : text[..60];
}
