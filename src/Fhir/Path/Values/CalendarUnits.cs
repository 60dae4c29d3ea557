using System.Collections.Frozen;

namespace Fhir.FhirPath.Values;

internal enum CalendarUnit
{
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// <summary>The calendar duration keywords and how they relate to UCUM (FHIRPath N1 §2.1.6.8).</summary>
internal static class CalendarUnits
{
    private static readonly string[] Words = ["year", "month", "week", "day", "hour", "minute", "second", "millisecond"];
    private static readonly string[] Codes = ["a", "mo", "wk", "d", "h", "min", "s", "ms"];

    private static readonly FrozenDictionary<string, CalendarUnit> Keywords = Words
        .SelectMany((word, i) => new[] { KeyValuePair.Create(word, (CalendarUnit)i), KeyValuePair.Create(word + "s", (CalendarUnit)i) })
        .ToFrozenDictionary(StringComparer.Ordinal);

    internal static bool IsKeyword(string word) => Keywords.ContainsKey(word);

    internal static CalendarUnit? Of(string word) => Keywords.TryGetValue(word, out var unit) ? unit : null;

    internal static string Word(CalendarUnit unit) => Words[(int)unit];

    /// <summary>The UCUM code that is equal to the unit, or for year and month the one that is merely equivalent.</summary>
    internal static string Ucum(CalendarUnit unit) => Codes[(int)unit];

    /// <summary>
    /// The calendar unit that a quantity counts in, for date arithmetic: a keyword, quoted or not, or a definite UCUM duration;
    /// null for a and mo, whose length is not that of a calendar year or month, and for everything else.
    /// </summary>
    internal static CalendarUnit? OfDuration(PathQuantity quantity)
    {
        if (Of(quantity.Unit) is { } unit)
        {
            return unit;
        }

        var at = Array.IndexOf(Codes, quantity.Unit);
        return at >= (int)CalendarUnit.Week ? (CalendarUnit)at : null;
    }

    /// <summary>The calendar unit of a keyword or of its UCUM counterpart, a and mo included.</summary>
    internal static CalendarUnit? OfCode(string unit) => Of(unit) ?? (Array.IndexOf(Codes, unit) is >= 0 and var at ? (CalendarUnit)at : null);

    /// <summary>Expresses an amount of one unit in another, by the shortest chain: a year has 12 months or 365 days, a month 30 days (FHIRPath 3, conversion factors).</summary>
    internal static decimal Convert(decimal amount, CalendarUnit from, CalendarUnit to) => (from, to) switch
    {
        (CalendarUnit.Year, CalendarUnit.Month) => amount * 12,
        (CalendarUnit.Month, CalendarUnit.Year) => amount / 12,
        _ => amount * Seconds(from) / Seconds(to),
    };

    private static decimal Seconds(CalendarUnit unit) => unit switch
    {
        CalendarUnit.Year => 365 * 86_400m,
        CalendarUnit.Month => 30 * 86_400m,
        CalendarUnit.Week => 7 * 86_400m,
        CalendarUnit.Day => 86_400m,
        CalendarUnit.Hour => 3_600m,
        CalendarUnit.Minute => 60m,
        CalendarUnit.Second => 1m,
        _ => 0.001m,
    };
}
