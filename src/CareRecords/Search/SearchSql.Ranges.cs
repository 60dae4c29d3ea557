using Fhir.Ucum;

namespace CareRecords.Search;

/// <summary>Conditions on dates, numbers and quantities by prefix (https://hl7.org/fhir/R4/search.html#prefix).</summary>
internal sealed partial class SearchSql
{
    private const string Ucum = "http://unitsofmeasure.org";

    private string Updated(string value, string row)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        var at = SearchValues.Date(text);
        return "(" + Compared(prefix, $"{row}.last_updated", $"{row}.last_updated", at, stored: true) + ")";
    }

    private string Date(int key, string value)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        return $"(x.param = {Add(key)} and {Compared(prefix, "x.low", "x.high", SearchValues.Date(text), stored: false)})";
    }

    /// <summary>Compares a stored span (high exclusive; of an instant low and high are the same) with the span asked for.</summary>
    private string Compared(string prefix, string low, string high, Period asked, bool stored)
    {
        var (from, until) = (Add(asked.Low), Add(asked.High));
        // An instant lies within the span when it is before the exclusive end; a span when it ends by it.
        // That a span also begins by that end follows, but only said so does it bound the walk through the index from both sides.
        var within = stored ? $"{low} >= {from} and {high} < {until}" : $"{low} >= {from} and {low} <= {until} and {high} <= {until}";
        var beyond = stored ? $"{high} >= {until}" : $"{high} > {until}";
        return prefix switch
        {
            "eq" => within,
            "ne" => $"not ({within})",
            "gt" => beyond,
            "lt" => $"{low} < {from}",
            "ge" => $"({beyond} or {low} >= {from})",
            "le" => $"({low} < {from} or ({within}))",
            "sa" => $"{low} >= {until}",
            "eb" => stored ? $"{high} < {from}" : $"{high} <= {from}",
            _ => About(low, high, asked),
        };
    }

    /// <summary>Within a tenth of the time between now and the value, as the specification suggests.</summary>
    private string About(string low, string high, Period asked)
    {
        var slack = TimeSpan.FromTicks(Math.Abs((now - asked.Low).Ticks) / 10);
        var from = asked.Low - DateTimeOffset.MinValue > slack ? asked.Low - slack : DateTimeOffset.MinValue;
        var until = DateTimeOffset.MaxValue - asked.High > slack ? asked.High + slack : DateTimeOffset.MaxValue;
        return $"{low} < {Add(until)} and {high} >= {Add(from)}";
    }

    private string NumberCondition(int key, string value, IReadOnlyList<string> further)
    {
        var (prefix, text) = SearchValues.Prefixed(value);
        var (exact, low, high) = SearchValues.Number(text);
        return $"({string.Join(" and ", [$"x.param = {Add(key)}", Compared(prefix, exact, low, high), .. further])})";
    }

    private string Compared(string prefix, decimal exact, decimal low, decimal high, string from = "x.low", string until = "x.high") => prefix switch
    {
        "eq" => $"{from} >= {Add(low)} and {from} < {Add(high)} and {until} < {Add(high)}",
        "ne" => $"not ({from} >= {Add(low)} and {until} < {Add(high)})",
        "gt" => $"{until} > {Add(exact)}",
        "lt" => $"{from} < {Add(exact)}",
        "ge" => $"{until} >= {Add(exact)}",
        "le" => $"{from} <= {Add(exact)}",
        "sa" => $"{from} > {Add(exact)}",
        "eb" => $"{until} < {Add(exact)}",
        _ => $"{from} <= {Add(exact + Math.Abs(exact / 10))} and {until} >= {Add(exact - Math.Abs(exact / 10))}",
    };

    /// <summary>number, number|system|code or number||unit; a UCUM unit finds what was measured in another unit of the same kind.</summary>
    private string Quantity(int key, int canonicalKey, string value)
    {
        var (prefix, text, system, code) = SearchValues.Quantity(value);
        var number = prefix + text;
        if (system is null)
        {
            return NumberCondition(key, number, []);
        }

        if (system == Ucum && Canonical(canonicalKey, prefix, text, code) is { } canonical)
        {
            return canonical;
        }

        return NumberCondition(
            key, number,
            [system.Length > 0 ? $"x.unit = {Add(IndexValues.Unit(_hash!, key, system, code)!.Value)}" : $"x.code = {Add(_hash!.Code(key, code))}"]);
    }

    private string? Canonical(int key, string prefix, string text, string code)
    {
        var (exact, low, high) = SearchValues.Number(text);
        return UnitsOfMeasure.TryCanonicalize(exact, code, out var canonicalExact, out var unit)
            && UnitsOfMeasure.TryCanonicalize(low, code, out var canonicalLow, out _)
            && UnitsOfMeasure.TryCanonicalize(high, code, out var canonicalHigh, out _)
            ? $"(x.param = {Add(key)} and x.unit = {Add(_hash!.Code(key, unit))} and {Compared(prefix, canonicalExact, canonicalLow, canonicalHigh)})"
            : null;
    }
}
