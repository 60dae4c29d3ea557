using System.Globalization;

namespace Benchmarks;

/// <summary>One measured figure with the limit that it is held against; both come from the same run where the limit is measured too.</summary>
internal sealed record Figure(string Name, double Value, string Unit, double Limit, string LimitUnit)
{
    /// <summary>"NAME value unit | limit value unit | ratio".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:0.##} {Unit} | {Limit:0.##} {LimitUnit} | {Value / Limit:0.00}");
}

/// <summary>A benchmark: one file each, found by its type.</summary>
internal interface IBenchmark
{
    /// <summary>The name to ask for on the command line.</summary>
    string Name { get; }

    /// <summary>Measures; with <paramref name="quick"/> within a minute.</summary>
    IEnumerable<Figure> Run(bool quick);
}
