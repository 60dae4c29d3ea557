namespace Fhir.FhirPath.Values;

/// <summary>Order of dates and times by precision (FHIRPath N1 §6.1.1, §6.2): null where the precisions or a missing time zone leave it open.</summary>
internal static class TemporalComparison
{
    private static readonly long WidestOffset = TimeSpan.FromHours(14).Ticks;

    /// <summary>Negative, zero or positive; null if unknown. Both are dates or datetimes, or both are times.</summary>
    internal static int? Compare(Temporal left, Temporal right)
    {
        if (left.OffsetMinutes == right.OffsetMinutes || !left.HasTime || !right.HasTime)
        {
            return ByPrecision(left.Local, left.Precision, right.Local, right.Precision);
        }

        if (left.OffsetMinutes is { } a && right.OffsetMinutes is { } b)
        {
            return ByPrecision(Shift(left.Local, -a * TimeSpan.TicksPerMinute), left.Precision, Shift(right.Local, -b * TimeSpan.TicksPerMinute), right.Precision);
        }

        // One time zone is missing: the answer stands only if it is the same wherever on earth the other clock hung.
        var known = left.OffsetMinutes ?? right.OffsetMinutes ?? 0;
        var leftUtc = left.OffsetMinutes is null ? left.Local : Shift(left.Local, -known * TimeSpan.TicksPerMinute);
        var rightUtc = right.OffsetMinutes is null ? right.Local : Shift(right.Local, -known * TimeSpan.TicksPerMinute);
        var earliest = ByPrecision(Shift(leftUtc, -WidestOffset), left.Precision, rightUtc, right.Precision);
        var latest = ByPrecision(Shift(leftUtc, WidestOffset), left.Precision, rightUtc, right.Precision);
        return earliest is { } e && latest is { } l && Math.Sign(e) == Math.Sign(l) && e != 0 ? e : null;
    }

    /// <summary>Equivalence: as equality, but a difference in precision, or a time zone on one side only, means different.</summary>
    internal static bool Equivalent(Temporal left, Temporal right) => Compare(left, right) == 0;

    private static int? ByPrecision(DateTime left, TemporalPrecision leftPrecision, DateTime right, TemporalPrecision rightPrecision)
    {
        if (leftPrecision == rightPrecision)
        {
            return left.CompareTo(right);
        }

        var common = leftPrecision < rightPrecision ? leftPrecision : rightPrecision;
        var order = Truncate(left, common).CompareTo(Truncate(right, common));
        return order == 0 ? null : order;
    }

    internal static DateTime Truncate(DateTime value, TemporalPrecision precision) => precision switch
    {
        TemporalPrecision.Year => new DateTime(value.Year, 1, 1),
        TemporalPrecision.Month => new DateTime(value.Year, value.Month, 1),
        TemporalPrecision.Day => value.Date,
        TemporalPrecision.Hour => new DateTime(value.Ticks - (value.Ticks % TimeSpan.TicksPerHour)),
        TemporalPrecision.Minute => new DateTime(value.Ticks - (value.Ticks % TimeSpan.TicksPerMinute)),
        _ => value,
    };

    internal static DateTime Shift(DateTime value, long ticks) =>
        new(Math.Clamp(value.Ticks + ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks));
}
