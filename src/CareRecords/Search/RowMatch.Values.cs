using Fhir.Ucum;

namespace CareRecords.Search;

/// <summary>Strings, addresses, numbers, quantities and composites, as SearchSql means them.</summary>
internal sealed partial class RowMatch
{
    private bool OfType(SearchIndex index, string value, IndexRows rows) => SearchValues.Parts(value, '|') is [var system, { Length: > 0 } code, { Length: > 0 } number]
        ? Token(index.Variant("of-type"), system.Length == 0 ? null : system, $"{code}|{number}", rows) : throw new SearchException(":of-type is written system|code|value.");

    private bool Text(SearchIndex index, int key, string modifier, string value, IndexRows rows)
    {
        var text = SearchValues.Plain(value);
        return FoldedText.Of(text) is { Length: > 0 } folded && rows.Texts.Any(t => t.Param == key && modifier switch
        {
            "exact" => t.Value == folded && t.Exact == hash.Exact(index.Key, text),
            "contains" => t.Value.Contains(folded, StringComparison.Ordinal),
            _ => t.Value.StartsWith(folded, StringComparison.Ordinal),
        });
    }

    private static bool Uri(int key, string modifier, string value, IndexRows rows) => rows.Uris.Any(u => u.Param == key && modifier switch
    {
        "below" => Begins(u.Value, value),
        "above" => Begins(value, u.Value),
        _ => u.Value == value,
    });

    private static bool Begins(string address, string with) =>
        address == with || address.StartsWith(with.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool Number(int key, string value, IndexRows rows, Func<(int Param, decimal Low, decimal High, Guid? Unit, Guid? Code), bool> further)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        var (exact, low, high) = SearchValues.Number(text);
        return rows.Numbers.Any(n => n.Param == key && further(n) && Compared(prefix, exact, low, high, n.Low, n.High));
    }

    private static bool Compared(string prefix, decimal exact, decimal low, decimal high, decimal from, decimal until) => prefix switch
    {
        "eq" => from >= low && until < high,
        "ne" => !(from >= low && until < high),
        "gt" => until > exact,
        "lt" => from < exact,
        "ge" => until >= exact,
        "le" => from <= exact,
        "sa" => from > exact,
        "eb" => until < exact,
        _ => from <= exact + Math.Abs(exact / 10) && until >= exact - Math.Abs(exact / 10),
    };

    private bool Quantity(int key, int canonicalKey, string value, IndexRows rows)
    {
        var (prefix, text, system, code) = SearchValues.Quantity(value);
        var (exact, low, high) = SearchValues.Number(text);
        if (system == "http://unitsofmeasure.org" && UnitsOfMeasure.TryCanonicalize(exact, code, out var canonicalExact, out var unit)
            && UnitsOfMeasure.TryCanonicalize(low, code, out var canonicalLow, out _) && UnitsOfMeasure.TryCanonicalize(high, code, out var canonicalHigh, out _))
        {
            var wanted = hash.Code(canonicalKey, unit);
            return rows.Numbers.Any(n => n.Param == canonicalKey && n.Unit == wanted && Compared(prefix, canonicalExact, canonicalLow, canonicalHigh, n.Low, n.High));
        }

        return Number(key, prefix + text, rows, n => system switch
        {
            null => true,
            "" => n.Code == hash.Code(key, code),
            _ => n.Unit == IndexValues.Unit(hash, key, system, code),
        });
    }

    private bool Composite(SearchIndex index, string value, IndexRows rows)
    {
        if (SearchValues.Parts(value, '$') is not [var first, var second] || index.Components.Count != 2)
        {
            throw new SearchException($"{index.Code} is written {string.Join('$', index.Components.Select(c => c.Type))}.");
        }

        var (system, code) = SearchValues.Token(first);
        var key = index.Variant(ResourceIndexer.CompositeName(system, code));
        return index.Components[1].Type switch
        {
            "quantity" => Quantity(key, SearchTable.Key($"{key}:canonical"), second, rows),
            "date" => Date(key, second, rows),
            "string" => Text(index, key, "", second, rows),
            "reference" => Reference(index, key, "", second, rows),
            _ => Token(key, second, rows),
        };
    }
}
