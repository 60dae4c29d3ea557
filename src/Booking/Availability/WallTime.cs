namespace Booking.Availability;

/// <summary>Between local wall time and instants, also on the two days a year when the clock is turned.</summary>
public static class WallTime
{
    /// <summary>
    /// The instant of a local time. A time that the spring gap leaves out becomes the first one after the gap; of a time that autumn repeats,
    /// the first is meant.
    /// </summary>
    public static DateTime ToInstant(DateOnly date, TimeOnly time, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(time, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }

    /// <summary>False where the clock jumps over this local time.</summary>
    public static bool Exists(DateOnly date, TimeOnly time, TimeZoneInfo zone) =>
        !zone.IsInvalidTime(date.ToDateTime(time, DateTimeKind.Unspecified));

    public static DateTime ToLocal(DateTime instant, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(instant, zone);

    public static DateOnly LocalDate(DateTime instant, TimeZoneInfo zone) => DateOnly.FromDateTime(ToLocal(instant, zone));

    /// <summary>The whole local day; 23 or 25 hours long when the clock is turned.</summary>
    public static TimeRange Day(DateOnly date, TimeZoneInfo zone) =>
        new(ToInstant(date, TimeOnly.MinValue, zone), ToInstant(date.AddDays(1), TimeOnly.MinValue, zone));
}
