using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>lowBoundary, highBoundary, precision (FHIRPath STU): the least and the greatest value that the written digits may stand for.</summary>
internal static class BoundaryFunctions
{
    private const int MostDigits = 28;
    private const int EasternmostOffset = 14 * 60;
    private const int WesternmostOffset = -12 * 60;

    internal static PathValue Low(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Boundary(input, a, call, low: true);

    internal static PathValue High(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => Boundary(input, a, call, low: false);

    internal static PathValue Precision(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Integer or PathKind.Long => PathValue.From(0),
        PathKind.Decimal => PathValue.From((int)input.AsDecimal.Scale),
        PathKind.Quantity => PathValue.From((int)input.AsQuantity.Value.Scale),
        PathKind.Date or PathKind.DateTime or PathKind.Time => PathValue.From(Digits(input.AsTemporal)),
        _ => throw call.Error($"not defined for {Conversions.NameOf(input)}"),
    };

    private static PathValue Boundary(in PathValue input, ReadOnlySpan<PathValue> a, CallNode call, bool low)
    {
        int? digits = a.Length > 0 && !a[0].IsNone ? StringFunctions.Whole(a[0], call) : null;
        if (input.IsNumber)
        {
            return OfNumber(input.AsDecimal, digits ?? 8, low) is { } bound ? PathValue.From(bound) : default;
        }

        if (input.Kind == PathKind.Quantity)
        {
            return OfNumber(input.AsQuantity.Value, digits ?? 8, low) is { } bound ? PathValue.From(input.AsQuantity with { Value = bound }) : default;
        }

        return input.IsTemporal
            ? OfTemporal(input.AsTemporal, digits, low) is { } moment ? PathValue.From(moment) : default
            : throw call.Error($"not defined for {Conversions.NameOf(input)}");
    }

    private static decimal? OfNumber(decimal value, int digits, bool low)
    {
        if (digits is < 0 or > MostDigits)
        {
            return null;
        }

        try
        {
            var half = new decimal(5, 0, 0, false, (byte)Math.Min(value.Scale + 1, MostDigits));
            var bound = low ? value - half : value + half;
            // "To the specified precision" is rounding in HL7's suite: away from zero as usual, towards zero by cutting off (docs/conformance.md).
            bound = decimal.Round(bound, digits, low == bound > 0 ? MidpointRounding.ToZero : MidpointRounding.AwayFromZero);
            return bound + new decimal(0, 0, 0, false, (byte)digits);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Temporal? OfTemporal(Temporal value, int? digits, bool low)
    {
        var wanted = digits ?? value.Kind switch { PathKind.Date => 8, PathKind.DateTime => 17, _ => 9 };
        var dateDigits = value.Kind == PathKind.Time ? 0 : 8;
        TemporalPrecision? precision = (wanted - dateDigits) switch
        {
            -4 when dateDigits > 0 => TemporalPrecision.Year,
            -2 when dateDigits > 0 => TemporalPrecision.Month,
            0 when dateDigits > 0 => TemporalPrecision.Day,
            2 => TemporalPrecision.Hour,
            4 => TemporalPrecision.Minute,
            6 or 9 => TemporalPrecision.Second,
            _ => null,
        };
        if (precision is not { } target || (value.Kind == PathKind.Date && target > TemporalPrecision.Day))
        {
            return null;
        }

        var moment = TemporalComparison.Truncate(low ? value.Local : LastMoment(value), target);
        var fraction = target < TemporalPrecision.Second ? 0 : wanted - dateDigits == 6 ? 0 : Math.Max(3, value.FractionDigits);
        if (target == TemporalPrecision.Second && fraction == 0)
        {
            moment = new DateTime(moment.Ticks - (moment.Ticks % TimeSpan.TicksPerSecond));
        }

        var offset = value.Kind == PathKind.DateTime && target > TemporalPrecision.Day
            ? value.OffsetMinutes ?? (low ? EasternmostOffset : WesternmostOffset)
            : (int?)null;
        return new Temporal(value.Kind, moment, target, fraction, offset, value.Zulu && offset == 0);
    }

    private static DateTime LastMoment(Temporal value)
    {
        var least = Math.Max(3, value.FractionDigits) > 3 ? 1 : TimeSpan.TicksPerMillisecond;
        var length = value.Precision switch
        {
            TemporalPrecision.Year => new DateTime(value.Local.Year, 12, 31).Ticks - new DateTime(value.Local.Year, 1, 1).Ticks + TimeSpan.TicksPerDay,
            TemporalPrecision.Month => TimeSpan.TicksPerDay * DateTime.DaysInMonth(value.Local.Year, value.Local.Month),
            TemporalPrecision.Day => TimeSpan.TicksPerDay,
            TemporalPrecision.Hour => TimeSpan.TicksPerHour,
            TemporalPrecision.Minute => TimeSpan.TicksPerMinute,
            _ => (long)(TimeSpan.TicksPerSecond / Math.Pow(10, value.FractionDigits)),
        };
        return value.Local.AddTicks(Math.Max(0, length - least));
    }

    private static int Digits(Temporal value)
    {
        var date = value.Precision switch { TemporalPrecision.Year => 4, TemporalPrecision.Month => 6, _ => 8 };
        var time = value.Precision switch
        {
            TemporalPrecision.Hour => 2,
            TemporalPrecision.Minute => 4,
            TemporalPrecision.Second => 6 + value.FractionDigits,
            _ => 0,
        };
        return value.Kind == PathKind.Time ? time : date + time;
    }
}
