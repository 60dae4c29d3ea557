namespace Fhir.FhirPath.Values;

/// <summary>Adds calendar durations to dates and times (FHIRPath N1 §6.6.7).</summary>
internal static class TemporalArithmetic
{
    private const int DaysPerYear = 365;
    private const int DaysPerMonth = 30;

    /// <summary>The moved value. Throws an execution error for a unit that does not apply or a year outside 1–9999.</summary>
    internal static Temporal Add(Temporal value, PathQuantity duration, bool subtract)
    {
        var unit = CalendarUnits.OfDuration(duration)
            ?? throw FhirPathException.Execution($"'{duration.Unit}' is no calendar duration that can be added to a date or time");
        var amount = subtract ? -duration.Value : duration.Value;
        try
        {
            var moved = value.Kind == PathKind.Time ? MoveTime(value.Local, amount, unit) : Move(value, amount, unit);
            var digits = unit >= CalendarUnit.Second && HasFraction(moved) ? Math.Max(value.FractionDigits, DigitsOf(moved)) : value.FractionDigits;
            return new Temporal(value.Kind, moved, value.Precision, digits, value.OffsetMinutes, value.Zulu);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw FhirPathException.Execution("the resulting date is out of range");
        }
    }

    private static bool HasFraction(DateTime value) => value.Ticks % TimeSpan.TicksPerSecond != 0;

    private static int DigitsOf(DateTime value) => value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 3 : 7;

    private static DateTime MoveTime(DateTime time, decimal amount, CalendarUnit unit)
    {
        if (unit < CalendarUnit.Hour)
        {
            throw FhirPathException.Execution($"a {CalendarUnits.Word(unit)} cannot be added to a time");
        }

        var ticks = (time.Ticks + TicksOf(amount, unit)) % TimeSpan.TicksPerDay;
        return new DateTime(ticks < 0 ? ticks + TimeSpan.TicksPerDay : ticks);
    }

    private static DateTime Move(Temporal value, decimal amount, CalendarUnit unit)
    {
        if (value.Kind == PathKind.Date && unit >= CalendarUnit.Hour)
        {
            throw FhirPathException.Execution($"a {CalendarUnits.Word(unit)} cannot be added to a date");
        }

        var whole = unit >= CalendarUnit.Second ? amount : decimal.Truncate(amount);
        return value.Precision switch
        {
            TemporalPrecision.Year => value.Local.AddYears(Whole(InYears(whole, unit))),
            TemporalPrecision.Month when unit == CalendarUnit.Year => value.Local.AddYears(Whole(whole)),
            TemporalPrecision.Month => value.Local.AddMonths(Whole(unit == CalendarUnit.Month ? whole : InDays(whole, unit) / DaysPerMonth)),
            TemporalPrecision.Day when unit >= CalendarUnit.Hour => value.Local.AddDays(Whole(InDays(whole, unit))),
            TemporalPrecision.Hour when unit > CalendarUnit.Hour => value.Local.AddHours(Whole(InDays(whole, unit) * 24)),
            TemporalPrecision.Minute when unit > CalendarUnit.Minute => value.Local.AddMinutes(Whole(InDays(whole, unit) * 24 * 60)),
            _ => unit switch
            {
                CalendarUnit.Year => value.Local.AddYears(Whole(whole)),
                CalendarUnit.Month => value.Local.AddMonths(Whole(whole)),
                CalendarUnit.Week => value.Local.AddDays(Whole(whole) * 7),
                CalendarUnit.Day => value.Local.AddDays(Whole(whole)),
                _ => value.Local.AddTicks(TicksOf(whole, unit)),
            },
        };
    }

    private static decimal InYears(decimal amount, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Year => amount,
        CalendarUnit.Month => amount / 12,
        _ => InDays(amount, unit) / DaysPerYear,
    };

    private static decimal InDays(decimal amount, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Week => amount * 7,
        CalendarUnit.Day => amount,
        CalendarUnit.Hour => amount / 24,
        CalendarUnit.Minute => amount / (24 * 60),
        CalendarUnit.Second => amount / (24 * 60 * 60),
        _ => amount / (24 * 60 * 60 * 1000m),
    };

    private static long TicksOf(decimal amount, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Hour => decimal.ToInt64(decimal.Truncate(amount) * TimeSpan.TicksPerHour),
        CalendarUnit.Minute => decimal.ToInt64(decimal.Truncate(amount) * TimeSpan.TicksPerMinute),
        CalendarUnit.Second => decimal.ToInt64(amount * TimeSpan.TicksPerSecond),
        _ => decimal.ToInt64(amount * TimeSpan.TicksPerMillisecond),
    };

    private static int Whole(decimal amount) => decimal.ToInt32(decimal.Truncate(amount));
}
