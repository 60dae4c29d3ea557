using System.Globalization;

namespace Benchmarks;

/// <summary>One measured figure with the limit that it is held against; both come from the same run where the limit is measured too.</summary>
/// <param name="AtLeast">The limit is a floor (rates); otherwise a ceiling (times, memory).</param>
internal sealed record Figure(string Name, double Value, string Unit, double Limit, string LimitUnit, bool AtLeast = false)
{
    /// <summary>Whether the limit is kept.</summary>
    internal bool IsMet => AtLeast ? Value >= Limit : Value <= Limit;

    /// <summary>"NAME value unit | limit value unit | ratio".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:0.##} {Unit} | {Limit:0.##} {LimitUnit} | {Value / Limit:0.00}");
}

/// <summary>A benchmark: one file each, found by its type.</summary>
internal interface IBenchmark
{
    /// <summary>The name to ask for on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured, and against what.</summary>
    string Help { get; }

    /// <summary>Measures; with <paramref name="quick"/> within a minute.</summary>
    IEnumerable<Figure> Run(bool quick);
}
