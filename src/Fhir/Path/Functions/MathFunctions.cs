using System.Globalization;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>Mathematics (N1 §5.7). What cannot be represented gives nothing.</summary>
internal static class MathFunctions
{
    private const int SureScale = 12;

    internal static PathValue Abs(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Integer => input.AsLong == int.MinValue ? default : PathValue.From((int)Math.Abs(input.AsLong)),
        PathKind.Long => input.AsLong == long.MinValue ? default : PathValue.FromLong(Math.Abs(input.AsLong)),
        _ => Apply(input, call, Math.Abs),
    };

    internal static PathValue Ceiling(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Whole(input, call, decimal.Ceiling);

    internal static PathValue Floor(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Whole(input, call, decimal.Floor);

    internal static PathValue Truncate(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Whole(input, call, decimal.Truncate);

    internal static PathValue Round(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var digits = a.Length > 0 && !a[0].IsNone ? StringFunctions.Whole(a[0], call) : 0;
        return digits < 0
            ? throw call.Error("the precision is negative")
            : Apply(input, call, v => decimal.Round(v, Math.Min(digits, 28), MidpointRounding.AwayFromZero));
    }

    internal static PathValue Sqrt(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Real(Math.Sqrt((double)Number(input, call)));

    internal static PathValue Exp(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Real(Math.Exp((double)Number(input, call)));

    internal static PathValue Ln(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Real(Math.Log((double)Number(input, call)));

    internal static PathValue Log(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var (value, radix) = ((double)Number(input, call), (double)Number(a[0], call));
        return Real(radix == 2 ? Math.Log2(value) : radix == 10 ? Math.Log10(value) : Math.Log(value, radix));
    }

    internal static PathValue Power(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var (value, exponent) = (Number(input, call), Number(a[0], call));
        if (exponent != decimal.Truncate(exponent) || Math.Abs(exponent) > 1024)
        {
            return Real(Math.Pow((double)value, (double)exponent));
        }

        try
        {
            var result = 1m;
            for (var i = Math.Abs(exponent); i > 0; i--)
            {
                result *= value;
            }

            return exponent < 0 ? (result == 0 ? default : PathValue.From(1 / result))
                : input.Kind == PathKind.Integer && a[0].Kind == PathKind.Integer && Math.Abs(result) <= int.MaxValue ? PathValue.From((int)result)
                : PathValue.From(result);
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    internal static decimal Number(in PathValue value, CallNode call) =>
        value.IsNumber ? value.AsDecimal : throw call.Error($"a number is expected, not {Conversions.NameOf(value)}");

    private static PathValue Apply(in PathValue input, CallNode call, Func<decimal, decimal> change) => input.Kind == PathKind.Quantity
        ? PathValue.From(input.AsQuantity with { Value = change(input.AsQuantity.Value) })
        : PathValue.From(change(Number(input, call)));

    private static PathValue Whole(in PathValue input, CallNode call, Func<decimal, decimal> change)
    {
        if (input.Kind is PathKind.Integer or PathKind.Long)
        {
            return input;
        }

        var changed = Apply(input, call, change);
        return changed.Kind == PathKind.Quantity ? changed
            : changed.AsDecimal is >= int.MinValue and <= int.MaxValue ? PathValue.From((int)changed.AsDecimal)
            : default;
    }

    private static PathValue Real(double value)
    {
        if (!double.IsFinite(value) || Math.Abs(value) >= 7.9e28)
        {
            return default;
        }

        // Fifteen digits are what a double is sure of: where fewer will do, the rest is noise (a logarithm of 2.0000000000000004). Otherwise all that it has.
        var sure = (decimal)value;
        return PathValue.From(sure.Scale < SureScale ? sure : Shortest(value) ?? sure);
    }

    private static decimal? Shortest(double value) =>
        decimal.TryParse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var all) ? all : null;
}
