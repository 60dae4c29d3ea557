using System.Globalization;
using CareRecords.Rest;
using CareRecords.Store;
using Fhir.Definitions;

namespace CareRecords.Search;

/// <summary>Reads the search grammar (https://hl7.org/fhir/R4/search.html). What cannot be understood is named, never silently left out.</summary>
internal sealed partial class SearchParser(SearchTable table, ServedTypes types, FhirOptions options)
{
    private const int MostParameters = 100;

    // Each would change what is found, so that leaving it out is no answer.
    private static readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal)
    {
        ["_text"] = "narrative is kept encrypted",
        ["_content"] = "content is kept encrypted",
        ["_query"] = "there are no named queries",
        ["_list"] = "lists are not followed",
        ["_filter"] = "write the criteria as parameters",
        ["_containedType"] = "contained resources are not searched",
    };

    /// <exception cref="SearchException">A parameter that is known was used wrongly.</exception>
    internal SearchQuery Parse(IReadOnlyList<string> searched, IEnumerable<KeyValuePair<string, string>> parameters, bool several = false)
    {
        var given = parameters.ToList();
        if (given.Count > MostParameters)
        {
            throw new SearchException($"A search has {MostParameters} parameters at most.");
        }

        var query = new SearchQuery { Types = Narrowed(searched, given, several || searched.Count > 1), Count = options.DefaultPageSize };
        var once = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new SearchException($"{Shown(name)}: a value holds no NUL character.");
            }

            if (value.Length == 0)
            {
                query.Ignored.Add($"{Shown(name)}: no value");
            }
            else if (!Control(query, once, name, value))
            {
                AddCriterion(query, name, value);
            }
        }

        return query;
    }

    /// <summary>The types that _type leaves of a search over several.</summary>
    private IReadOnlyList<string> Narrowed(IReadOnlyList<string> searched, List<KeyValuePair<string, string>> given, bool several)
    {
        var wanted = given.Where(p => p.Key == "_type" && p.Value.Length > 0).SelectMany(p => p.Value.Split(',')).Distinct().ToList();
        if (wanted.Count == 0)
        {
            return searched;
        }

        if (wanted.FirstOrDefault(t => types.Find(t) is null) is { } unknown)
        {
            throw new SearchException($"_type: {Shown(unknown)} is not a type that is served here.");
        }

        if (several && wanted.FirstOrDefault(t => types.Find(t) is { Owner: Owner.View }) is { } view)
        {
            throw new SearchException($"_type: {view} is computed at each request; search it at /{view}.");
        }

        return several || wanted.All(searched.Contains)
            ? [.. searched.Where(wanted.Contains)]
            : throw new SearchException("_type chooses among several types; the address names one already.");
    }

    private bool Control(SearchQuery query, HashSet<string> once, string name, string value)
    {
        var (code, modifier) = Split(name);
        if (_refused.TryGetValue(code, out var reason))
        {
            throw new SearchException($"{code} is not supported: {reason}.");
        }

        switch (code)
        {
            case "_type" or "_format" or "_pretty":
                break;
            case "_contained":
                if (value != "false")
                {
                    throw new SearchException("_contained is not supported: contained resources are not searched.");
                }

                break;
            case "_count":
                query.Count = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? Math.Min(count, options.MaxPageSize) : throw new SearchException("_count is a whole number from 0.");
                break;
            case "_page":
                query.Page = value;
                break;
            case "_total":
                query.Total = value is "none" or "estimate" or "accurate" ? value : throw new SearchException("_total is none, estimate or accurate.");
                break;
            case "_summary":
                query.Summary = value is "true" or "false" or "count" or "text" or "data"
                    ? value : throw new SearchException("_summary is true, false, count, text or data.");
                break;
            case "_elements":
                query.Elements = [.. query.Elements, .. Elements(query, value)];
                break;
            case "_sort":
                query.Sort.AddRange(value.Split(',').Select(key => SortBy(query, key)));
                break;
            case "_include" or "_revinclude":
                query.Inclusions.Add(Include(code == "_revinclude", modifier, value));
                break;
            default:
                return false;
        }

        if (modifier.Length > 0 && code is not ("_include" or "_revinclude"))
        {
            throw new SearchException($"{code} has no modifier :{Shown(modifier)}.");
        }

        if (code is "_count" or "_page" or "_total" or "_summary" && !once.Add(code))
        {
            throw new SearchException($"{code} is given more than once.");
        }

        if (code is not ("_page" or "_format" or "_pretty"))
        {
            query.Used.Add(new(name, value));
        }

        return true;
    }

    private static IEnumerable<string> Elements(SearchQuery query, string value)
    {
        foreach (var name in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (query.Types.Any(t => FhirTypes.Find(t)!.Properties.Any(p => p.Name == name || p.JsonNames.Contains(name))))
            {
                yield return name;
            }
            else
            {
                query.Ignored.Add($"_elements: {Shown(name)} is not an element of {string.Join(", ", query.Types.Take(3))}");
            }
        }
    }

    private SortKey SortBy(SearchQuery query, string key)
    {
        var descending = key.StartsWith('-');
        var code = descending ? key[1..] : key;
        var indexes = query.Types.Select(t => table.Find(t, code)).ToList();
        if (indexes.Count == 0 || indexes.Contains(null))
        {
            throw new SearchException($"_sort: {Shown(code)} is not a search parameter here.");
        }

        return indexes[0]!.Type is "date" or "string" or "number" or "quantity" or "uri" or "reference" || code == "_id"
            ? new SortKey([.. indexes.OfType<SearchIndex>()], descending)
            : throw new SearchException($"_sort: {code} is kept as a keyed hash and has no order.");
    }

    private Inclusion Include(bool reverse, string modifier, string value)
    {
        if (modifier is not ("" or "iterate" or "recurse"))
        {
            throw new SearchException($"_include and _revinclude have the modifier :iterate, not :{Shown(modifier)}.");
        }

        var parts = value.Split(':');
        if (parts is ["*"])
        {
            return new Inclusion(null, null, null, reverse, modifier.Length > 0);
        }

        if (parts.Length is < 2 or > 3 || types.Find(parts[0]) is null || (parts.Length == 3 && types.Find(parts[2]) is null))
        {
            throw new SearchException("_include and _revinclude are written Type:parameter or Type:parameter:TargetType, with * for all parameters of a type, or *.");
        }

        if (types.Find(parts[0]) is { Owner: Owner.View } || (parts.Length == 3 && types.Find(parts[2]) is { Owner: Owner.View }))
        {
            throw new SearchException("What is computed at each request is neither included nor followed.");
        }

        var index = table.Find(parts[0], parts[1]);
        if (parts[1] != "*" && index is not { Type: "reference" })
        {
            throw new SearchException($"{Shown(parts[1])} is not a reference parameter of {parts[0]}.");
        }

        return new Inclusion(parts[0], index, parts.Length == 3 ? parts[2] : null, reverse, modifier.Length > 0);
    }

    private static (string Code, string Modifier) Split(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);

    /// <summary>What a client sent, shortened, for a message.</summary>
    private static string Shown(string text) => text.Length <= 60 ? text : text[..60];
}
