using System.Globalization;

namespace Benchmarks.Kanta;

/// <summary>A rate held against a yardstick of the same run.</summary>
internal static class Share
{
    /// <summary>The figure's limit is the required share of the yardstick; the yardstick itself and the share reached are printed beside it.</summary>
    public static Figure Of(string name, double value, double yardstick, string unit, double required)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"# {name}: {value:0.#} {unit}, yardstick {yardstick:0.#} {unit}: {value / yardstick:0.00} of it, at least {required:0.00}"));
        return new Figure(name, value, unit, yardstick * required, unit, AtLeast: true);
    }
}
