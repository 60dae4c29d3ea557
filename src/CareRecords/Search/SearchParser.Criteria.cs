using System.Text;
using CareRecords.Store;

namespace CareRecords.Search;

/// <summary>Criteria: parameters with modifiers, chains and _has.</summary>
internal sealed partial class SearchParser
{
    private const int LongestChain = 6;
    private const int MostValues = 500;

    private void AddCriterion(SearchQuery query, string name, string value)
    {
        // A caller who may search nothing of what was asked gets nothing, whatever the criteria.
        if (query.Types.Count == 0)
        {
            query.Used.Add(new(name, value));
            return;
        }

        var read = query.Types.Select(t => (Type: t, Inner: Read(t, name, value, 0))).ToList();
        if (read.FirstOrDefault(c => c.Inner is null).Type is { } without)
        {
            query.Ignored.Add($"{Shown(name)}: not a search parameter that is served for {without}");
            return;
        }

        var first = read[0].Inner!;
        query.Criteria.Add(read.Count == 1 ? first
            : read.All(c => c.Inner!.Chain.Count == 0 && c.Inner.Index.Type == first.Index.Type)
                ? first with { Others = [.. read.Skip(1).Select(c => c.Inner!.Index)] }
                : first with { ByType = [.. read.Select(c => (c.Type, c.Inner!))] });
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

        if (dot < 0)
        {
            return Checked(new Criterion(index, modifier, Values(value)));
        }

        return index.Type == "reference"
            ? Chained(index, modifier, name[(dot + 1)..], value, depth)
            : throw new SearchException($"{index.Code} is not a reference and cannot be chained.");
    }

    private Criterion? Chained(SearchIndex index, string modifier, string rest, string value, int depth)
    {
        var targets = index.Parameter.Targets.Where(t => types.Find(t) is { Owner: not Owner.View }).ToList();
        if (targets.Count == 0 || types.Find(index.ResourceType) is { Owner: Owner.View })
        {
            throw new SearchException($"{index.Code} leads to or from what is computed at each request, and cannot be chained.");
        }

        if (modifier.Length > 0)
        {
            targets = targets.Contains(modifier) ? [modifier] : throw new SearchException($"{index.Code} does not point to {Shown(modifier)} here.");
        }

        var chain = new List<ChainLink>();
        SearchException? fault = null;
        foreach (var target in targets)
        {
            try
            {
                if (Read(target, rest, value, depth + 1) is { } inner)
                {
                    chain.Add(new ChainLink(target, inner, table.Find(target, "url")));
                }
            }
            catch (SearchException e)
            {
                // Another target may have a parameter of this name and of a type that takes the value.
                fault = e;
            }
        }

        return chain.Count > 0 ? new Criterion(index, "", []) { Chain = chain } : fault is null ? null : throw fault;
    }

    /// <summary>`_has:Observation:patient:code=…`: records of this type that an Observation found by code points to with patient.</summary>
    private Criterion? Has(string type, string rest, string value, int depth)
    {
        if (rest.Split(':', 3) is not [var source, var reference, var inner])
        {
            throw new SearchException("_has is written _has:Type:reference:parameter.");
        }

        if (types.Find(source) is { Owner: Owner.View } || types.Find(type) is { Owner: Owner.View })
        {
            throw new SearchException($"_has: {source} is computed at each request and is searched by itself only.");
        }

        if (table.Find(source, reference) is not { Type: "reference" } index || (index.Parameter.Targets.Count > 0 && !index.Parameter.Targets.Contains(type)))
        {
            throw new SearchException($"_has: {Shown(source)} has no reference parameter {Shown(reference)} that points to {type}.");
        }

        return Read(source, inner, value, depth + 1) is { } criterion
            ? new Criterion(index, "", []) { Chain = [new ChainLink(source, criterion, table.Find(type, "url"))], IsReverse = true } : null;
    }

    private Criterion Checked(Criterion criterion)
    {
        var (index, type, modifier) = (criterion.Index, criterion.Index.Type, criterion.Modifier);
        var ownRow = index.Code is "_id" or "_lastUpdated";
        var served = modifier switch
        {
            "" => true,
            "missing" => type != "composite" && (criterion.Values is ["true"] or ["false"] ? true : throw new SearchException(":missing is true or false.")),
            "not" => type == "token",
            "text" => type == "token" && !ownRow,
            "of-type" => type == "token" && index.Code == "identifier",
            "in" or "not-in" => type == "token" && !ownRow,
            "above" or "below" => type is "uri" or "token" && !ownRow,
            "exact" or "contains" => type == "string",
            "identifier" => type == "reference",
            _ => type == "reference" && index.Parameter.Targets.Contains(modifier) && types.Find(modifier) is not null,
        };
        if (!served)
        {
            throw new SearchException($":{Shown(modifier)} is not served for {index.Code}, a {type} parameter.");
        }

        if (modifier != "missing")
        {
            foreach (var value in criterion.Values)
            {
                SearchValues.Check(index, modifier, value);
            }
        }

        return criterion;
    }

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
        return values.Count > MostValues ? throw new SearchException($"A parameter has {MostValues} values at most.")
            : values.Any(v => v.Length == 0) ? throw new SearchException("A value between commas is empty.") : values;
    }
}
