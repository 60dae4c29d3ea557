namespace Booking.Availability;

/// <summary>Weekly hours of a resource in local wall time; <see cref="To"/> 00:00 means the end of the day.</summary>
public sealed record WeeklyHours(DayOfWeek Day, TimeOnly From, TimeOnly To, bool IsBreak = false, DateOnly? ValidFrom = null, DateOnly? ValidTo = null);

/// <summary>What differs on one date.</summary>
/// <param name="IsOpen">True: hours that replace the weekly ones of the date; false: closed then.</param>
/// <param name="From">With <paramref name="To"/> null: the whole day.</param>
public sealed record DateRule(DateOnly Date, bool IsOpen, TimeOnly? From, TimeOnly? To);

/// <summary>Days on which the whole practice is closed, both ends included.</summary>
public sealed record ClosedPeriod(DateOnly From, DateOnly To);

/// <summary>The rules of one resource's calendar, all in local wall time of <see cref="Zone"/>.</summary>
public sealed record CalendarRules
{
    public required TimeZoneInfo Zone { get; init; }

    public IReadOnlyList<WeeklyHours> Weekly { get; init; } = [];

    public IReadOnlyList<DateRule> Exceptions { get; init; } = [];

    public IReadOnlyList<ClosedPeriod> Closed { get; init; } = [];

    public bool ClosedOnPublicHolidays { get; init; } = true;
}

/// <summary>From local rules to the instants at which a resource is open.</summary>
public static class OpenTimes
{
    /// <summary>
    /// The open ranges of one local date, sorted and disjoint. Opening hours set for the date itself win over the week, public holidays and closed
    /// periods: who opens on a holiday has said so. Breaks and closed hours are cut away last.
    /// </summary>
    public static List<TimeRange> On(DateOnly date, CalendarRules rules)
    {
        var today = rules.Exceptions.Where(e => e.Date == date).ToList();
        var opened = today.Where(e => e.IsOpen).Select(e => Range(date, e.From, e.To, rules.Zone)).ToList();
        if (opened.Count == 0 && (IsClosed(date, rules) || today.Any(e => !e.IsOpen && e.From is null)))
        {
            return [];
        }

        var week = rules.Weekly.Where(h => h.Day == date.DayOfWeek && !(date < h.ValidFrom) && !(date > h.ValidTo)).ToList();
        var hours = opened.Count > 0 ? opened : [.. week.Where(h => !h.IsBreak).Select(h => Range(date, h.From, h.To, rules.Zone))];
        var breaks = opened.Count > 0 ? [] : week.Where(h => h.IsBreak).Select(h => Range(date, h.From, h.To, rules.Zone));
        var cuts = today.Where(e => !e.IsOpen).Select(e => Range(date, e.From, e.To, rules.Zone)).Concat(breaks).ToList();
        return TimeRange.Subtract(TimeRange.Union(hours), cuts);
    }

    private static bool IsClosed(DateOnly date, CalendarRules rules) =>
        rules.Closed.Any(c => c.From <= date && date <= c.To) || (rules.ClosedOnPublicHolidays && FinnishHolidays.IsClosed(date));

    private static TimeRange Range(DateOnly date, TimeOnly? from, TimeOnly? to, TimeZoneInfo zone) => new(
        WallTime.ToInstant(date, from ?? TimeOnly.MinValue, zone),
        to is { } end && end != TimeOnly.MinValue ? WallTime.ToInstant(date, end, zone) : WallTime.ToInstant(date.AddDays(1), TimeOnly.MinValue, zone));
}
