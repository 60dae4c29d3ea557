namespace Booking.Availability;

/// <summary>How long a visit takes and when it may start.</summary>
/// <param name="Duration">What the customer sees.</param>
/// <param name="AfterBuffer">Kept free after the visit; it may run into a break or past closing, never into another booking.</param>
/// <param name="Grid">Starts lie on multiples of this from local midnight.</param>
public sealed record VisitShape(TimeSpan Duration, TimeSpan AfterBuffer, TimeSpan Grid);

/// <summary>The start times at which a visit fits.</summary>
public static class FreeTimes
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>
    /// Starts (UTC instants, ascending) on one local date. A start that the spring gap leaves out is not offered; the repeated autumn hour is offered
    /// once. The visit lies wholly in an open range; visit and buffer overlap nothing in <paramref name="busy"/>.
    /// </summary>
    public static IEnumerable<DateTime> On(
        DateOnly date, CalendarRules rules, VisitShape shape, IReadOnlyCollection<TimeRange> busy, TimeRange bookable)
    {
        var day = WallTime.Day(date, rules.Zone);
        if (day.To <= bookable.From || day.From >= bookable.To)
        {
            yield break;
        }

        var open = OpenTimes.On(date, rules);
        var taken = busy.Where(day.Overlaps).ToList();
        var step = Math.Max(1, (int)shape.Grid.TotalMinutes);
        var last = open.Count == 0 ? -1 : MinuteOfDay(open[^1].To, date, rules.Zone);
        var first = open.Count == 0 ? 0 : MinuteOfDay(open[0].From, date, rules.Zone) / step * step;
        for (var minute = first; minute < Math.Min(last, MinutesOfDay); minute += step)
        {
            var time = TimeOnly.MinValue.AddMinutes(minute);
            if (!WallTime.Exists(date, time, rules.Zone))
            {
                continue;
            }

            var start = WallTime.ToInstant(date, time, rules.Zone);
            if (start >= bookable.From && start < bookable.To && Fits(start, shape, open, taken))
            {
                yield return start;
            }
        }
    }

    private static int MinuteOfDay(DateTime instant, DateOnly date, TimeZoneInfo zone) =>
        (int)(WallTime.ToLocal(instant, zone) - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;

    private static bool Fits(DateTime start, VisitShape shape, List<TimeRange> open, List<TimeRange> busy)
    {
        var visit = new TimeRange(start, start + shape.Duration);
        var blocked = visit with { To = visit.To + shape.AfterBuffer };
        return open.Any(o => o.Contains(visit)) && !busy.Any(blocked.Overlaps);
    }
}
