using System.Collections.Concurrent;

namespace Fhir.Ucum;

/// <summary>
/// The Unified Code for Units of Measure (https://ucum.org/ucum), case-sensitive codes: parsing, commensurability, conversion, products and quotients.
/// Thread-safe. Factors are exact fractions; results are rounded once, to the digits that decimal holds.
/// </summary>
public static class UnitsOfMeasure
{
    private const int MaxCodeLength = 200;
    private const int MaxCached = 4096;

    private static readonly ConcurrentDictionary<string, UcumUnit?> Cache = new(StringComparer.Ordinal);

    /// <summary>The system URI that FHIR uses for UCUM.</summary>
    public const string SystemUri = "http://unitsofmeasure.org";

    /// <summary>Reads a unit code such as <c>mmol/L</c> or <c>mm[Hg]</c>; null if it is not a valid UCUM code of at most 200 characters.</summary>
    public static UcumUnit? Parse(string code)
    {
        if (code.Length > MaxCodeLength)
        {
            return null;
        }

        if (Cache.TryGetValue(code, out var known))
        {
            return known;
        }

        var unit = new UnitParser(code).Read();
        if (Cache.Count < MaxCached)
        {
            Cache.TryAdd(code, unit);
        }

        return unit;
    }

    /// <summary>True if both codes are valid and values in one can be expressed in the other by a factor alone (special units only with themselves).</summary>
    public static bool AreComparable(string left, string right) =>
        left == right
            ? Parse(left) is not null
            : Parse(left) is { IsSpecial: false } a && Parse(right) is { IsSpecial: false } b && a.Canonical == b.Canonical;

    /// <summary>Converts by factor. False if a code is invalid, the units are not commensurable or special, or the result does not fit a decimal.</summary>
    public static bool TryConvert(decimal value, string from, string to, out decimal converted)
    {
        converted = value;
        if (from == to)
        {
            return Parse(from) is not null;
        }

        return AreComparable(from, to) && (Rational.From(value) * Parse(from)!.Factor / Parse(to)!.Factor).TryToDecimal(out converted);
    }

    /// <summary>
    /// Converts as <see cref="TryConvert"/> and also between Cel, [degF], [degRe] and K, where the scales differ by an offset (UCUM §30).
    /// </summary>
    public static bool TryConvertScale(decimal value, string from, string to, out decimal converted)
    {
        converted = 0;
        return TemperatureScale.IsOne(Parse(from)) || TemperatureScale.IsOne(Parse(to))
            ? TemperatureScale.TryConvert(value, Parse(from), Parse(to), out converted)
            : TryConvert(value, from, to, out converted);
    }

    /// <summary>The value in base units with the canonical unit, so that equal quantities compare equal (search); temperatures become K. False for other special units.</summary>
    public static bool TryCanonicalize(decimal value, string code, out decimal canonicalValue, out string canonicalUnit)
    {
        canonicalValue = 0;
        canonicalUnit = "";
        if (Parse(code) is not { } unit)
        {
            return false;
        }

        canonicalUnit = unit.Canonical;
        return unit.IsSpecial
            ? TemperatureScale.TryConvert(value, unit, Parse("K"), out canonicalValue)
            : (Rational.From(value) * unit.Factor).TryToDecimal(out canonicalValue);
    }

    /// <summary>The unit of a product, such as <c>cm2</c> for cm and cm; null if a code is invalid or special.</summary>
    public static string? Multiply(string left, string right) => Combine(left, right, divide: false);

    /// <summary>The unit of a quotient, such as <c>m/s</c>; null if a code is invalid or special.</summary>
    public static string? Divide(string left, string right) => Combine(left, right, divide: true);

    private static string? Combine(string left, string right, bool divide) =>
        Parse(left) is { } a && Parse(right) is { } b && ((!a.IsSpecial && !b.IsSpecial) || right == "1" || (left == "1" && !divide))
            ? UcumUnit.Combine(a, b, divide)
            : null;
}
