using Booking.Appointments;
using Booking.Availability;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Practice;

/// <summary>The day: a time grid by practitioner, and the same as a list for narrow screens and paper.</summary>
internal sealed class DayModel(DayCalendar calendar, PracticeDirectory directory, TimeProvider clock) : PageModel
{
    private const int RowMinutes = 5;
    private const int MostRows = 144;

    public DateOnly Date { get; private set; }

    public DateOnly Today { get; private set; }

    public IReadOnlyList<DayColumn> Columns { get; private set; } = [];

    public int FirstHour { get; private set; }

    public int LastHour { get; private set; }

    /// <summary>The row of the now-line, or null on another day.</summary>
    public int? NowRow { get; private set; }

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public async Task OnGetAsync(DateOnly? date, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        Zone = practice.Zone;
        Today = WallTime.LocalDate(now, Zone);
        Date = date is { Year: > 2000 and < 2200 } asked ? asked : Today;
        Columns = await calendar.ReadAsync(Date, cancel);
        var ends = Columns.SelectMany(c => c.Open.Select(o => (o.From, o.To)).Concat(c.Visits.Select(v => (v.Appointment.StartsAt, v.Appointment.EndsAt)))).ToList();
        FirstHour = Math.Min(8, ends.Select(e => Minute(e.Item1) / 60).DefaultIfEmpty(8).Min());
        LastHour = Math.Clamp(ends.Select(e => (Minute(e.Item2) + 59) / 60).DefaultIfEmpty(16).Max(), Math.Max(16, FirstHour + 1), 24);
        NowRow = Date == Today && Minute(now) >= FirstHour * 60 && Minute(now) < LastHour * 60 ? Row(now) : null;
    }

    /// <summary>Classes that place something in its column: from which row, over how many.</summary>
    public string Place(DateTime from, DateTime to)
    {
        var first = Row(from);
        var rows = Math.Clamp(((Minute(to) - Minute(from)) + RowMinutes - 1) / RowMinutes, 3, MostRows);
        return $"at-{first} for-{Math.Min(rows, ((LastHour - FirstHour) * 60 / RowMinutes) - first + 1)}";
    }

    public string HourPlace(int hour) => $"at-{((hour - FirstHour) * 60 / RowMinutes) + 1}";

    /// <summary>What is not open within the hours shown.</summary>
    public IEnumerable<TimeRange> Off(DayColumn column)
    {
        var shown = new TimeRange(
            WallTime.ToInstant(Date, new TimeOnly(FirstHour, 0), Zone),
            LastHour == 24 ? WallTime.Day(Date, Zone).To : WallTime.ToInstant(Date, new TimeOnly(LastHour, 0), Zone));
        return TimeRange.Subtract([shown], [.. column.Open]);
    }

    private int Row(DateTime instant) => Math.Max(0, (Minute(instant) / RowMinutes) - (FirstHour * 60 / RowMinutes)) + 1;

    private int Minute(DateTime instant) =>
        Math.Clamp((int)(WallTime.ToLocal(instant, Zone) - Date.ToDateTime(TimeOnly.MinValue)).TotalMinutes, 0, 24 * 60);
}
