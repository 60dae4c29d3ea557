using System.Globalization;
using System.Text;

namespace Fhir.Ucum;

/// <summary>
/// A parsed UCUM unit: its factor to base units and its dimensions (base units m, s, g, rad, K, C, cd, and each arbitrary unit for itself).
/// Immutable. Get one from <see cref="UnitsOfMeasure.Parse"/>.
/// </summary>
public sealed class UcumUnit
{
    private const int MaxExponent = 32;

    internal UcumUnit(string code, Rational factor, SortedDictionary<string, int> dimensions, IReadOnlyList<UnitFactor> factors, string? function)
    {
        Code = code;
        Factor = factor;
        Dimensions = dimensions;
        Factors = factors;
        Function = function;
        Canonical = Write(dimensions.Select(d => new UnitFactor(d.Key, d.Value)));
    }

    /// <summary>The code as written.</summary>
    public string Code { get; }

    /// <summary>The unit in base units, such as <c>g.m-3</c>; <c>1</c> without dimension. Units with the same canonical form are commensurable.</summary>
    public string Canonical { get; }

    /// <summary>True for units on a scale that is no ratio scale (Cel, [degF], [pH], B …), UCUM §21.</summary>
    public bool IsSpecial => Function is not null;

    internal Rational Factor { get; }

    internal SortedDictionary<string, int> Dimensions { get; }

    internal IReadOnlyList<UnitFactor> Factors { get; }

    internal string? Function { get; }

    /// <summary>The product (or quotient) of two units, written with the symbols of both; null if an exponent grows out of bounds.</summary>
    internal static string? Combine(UcumUnit left, UcumUnit right, bool divide)
    {
        var merged = new List<UnitFactor>();
        foreach (var factor in left.Factors)
        {
            Merge(merged, factor.Symbol, factor.Exponent);
        }

        foreach (var factor in right.Factors)
        {
            Merge(merged, factor.Symbol, divide ? -factor.Exponent : factor.Exponent);
        }

        merged.RemoveAll(f => f.Exponent == 0);
        return merged.Exists(f => Math.Abs(f.Exponent) > MaxExponent) ? null : Write(merged);
    }

    private static void Merge(List<UnitFactor> factors, string symbol, int exponent)
    {
        var at = factors.FindIndex(f => f.Symbol == symbol);
        if (at >= 0)
        {
            factors[at] = new UnitFactor(symbol, factors[at].Exponent + exponent);
        }
        else if (symbol != "1")
        {
            factors.Add(new UnitFactor(symbol, exponent));
        }
    }

    private static string Write(IEnumerable<UnitFactor> factors)
    {
        var text = new StringBuilder();
        var ordered = factors.ToList();
        foreach (var factor in ordered.Where(f => f.Exponent > 0))
        {
            text.Append(text.Length > 0 ? "." : "").Append(factor.Symbol);
            AppendExponent(text, factor.Exponent);
        }

        foreach (var factor in ordered.Where(f => f.Exponent < 0))
        {
            text.Append('/').Append(factor.Symbol);
            AppendExponent(text, -factor.Exponent);
        }

        return text.Length == 0 ? "1" : text.ToString();
    }

    private static void AppendExponent(StringBuilder text, int exponent)
    {
        if (exponent != 1)
        {
            text.Append(exponent.ToString(CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>A symbol of a unit term with its exponent.</summary>
internal readonly record struct UnitFactor(string Symbol, int Exponent);
