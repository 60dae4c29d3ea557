using System.Collections.Concurrent;

namespace Fhir.Ucum;

/// <summary>Looks up unit symbols: an atom, or a prefix and a metric atom. Definitions are resolved when first used.</summary>
internal static class UnitTable
{
    private static readonly Dictionary<string, Rational> Prefixes = new(StringComparer.Ordinal)
    {
        ["Y"] = Ten(24),
        ["Z"] = Ten(21),
        ["E"] = Ten(18),
        ["P"] = Ten(15),
        ["T"] = Ten(12),
        ["G"] = Ten(9),
        ["M"] = Ten(6),
        ["k"] = Ten(3),
        ["h"] = Ten(2),
        ["da"] = Ten(1),
        ["d"] = Ten(-1),
        ["c"] = Ten(-2),
        ["m"] = Ten(-3),
        ["u"] = Ten(-6),
        ["n"] = Ten(-9),
        ["p"] = Ten(-12),
        ["f"] = Ten(-15),
        ["a"] = Ten(-18),
        ["z"] = Ten(-21),
        ["y"] = Ten(-24),
        ["Ki"] = Two(10),
        ["Mi"] = Two(20),
        ["Gi"] = Two(30),
        ["Ti"] = Two(40),
    };

    private static readonly Dictionary<string, Atom> Atoms = UcumAtoms.Table
        .Split([';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(row => row.Split(' '))
        .ToDictionary(f => f[0], f => new Atom(f[1] == "m", f[2], f.Length > 3 ? f[3] : "", f.Length > 4 ? f[4] : ""), StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, UcumUnit> Resolved = new(StringComparer.Ordinal);

    /// <summary>The unit of one symbol, such as <c>mm[Hg]</c>; null if it is none.</summary>
    internal static UcumUnit? Find(string symbol)
    {
        if (Atoms.TryGetValue(symbol, out var atom))
        {
            return Resolved.GetOrAdd(symbol, static (code, a) => Resolve(code, a), atom);
        }

        for (var length = Math.Min(2, symbol.Length - 1); length > 0; length--)
        {
            if (Prefixes.TryGetValue(symbol[..length], out var factor) && Atoms.TryGetValue(symbol[length..], out var scaled) && scaled.Metric)
            {
                var unit = Find(symbol[length..])!;
                return new UcumUnit(symbol, unit.Factor * factor, unit.Dimensions, [new UnitFactor(symbol, 1)], unit.Function);
            }
        }

        return null;
    }

    private static UcumUnit Resolve(string code, Atom atom)
    {
        UnitFactor[] self = [new UnitFactor(code, 1)];
        if (atom.Kind is "base" or "arbitrary")
        {
            return new UcumUnit(code, Rational.One, new SortedDictionary<string, int>(StringComparer.Ordinal) { [code] = 1 }, self, null);
        }

        var unit = new UnitParser(atom.Unit).Read() ?? throw new InvalidOperationException($"UCUM table: {code} counts in the unknown unit {atom.Unit}");
        return atom.Kind == "special"
            ? new UcumUnit(code, unit.Factor, unit.Dimensions, self, atom.Value)
            : new UcumUnit(code, unit.Factor * Rational.Parse(atom.Value), unit.Dimensions, self, unit.Function);
    }

    private static Rational Ten(int exponent) => new Rational(10, 1).Power(exponent);

    private static Rational Two(int exponent) => new Rational(2, 1).Power(exponent);

    private readonly record struct Atom(bool Metric, string Kind, string Value, string Unit);
}
