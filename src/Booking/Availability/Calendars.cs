using Booking.Services;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Booking.Availability;

/// <summary>Rules and busy times of some resources over some days.</summary>
internal sealed record Calendars(IReadOnlyDictionary<Guid, CalendarRules> Rules, IReadOnlyDictionary<Guid, List<TimeRange>> Busy)
{
    /// <summary>
    /// Reads them with one query a table, one for all busy rows. Expired holds are not busy; neither is <paramref name="except"/>, the appointment
    /// that is being moved.
    /// </summary>
    public static async Task<Calendars> ReadAsync(
        UnitOfWork work, BookingContext db, IReadOnlyCollection<Guid> resources, DateOnly first, DateOnly last, BookingRules practice,
        TimeZoneInfo zone, Guid? except, CancellationToken cancel)
    {
        var hours = await db.WorkingHours.AsNoTracking().Where(h => resources.Contains(h.ResourceId)).ToListAsync(cancel);
        var dates = await db.DateRules.AsNoTracking()
            .Where(r => resources.Contains(r.ResourceId) && r.Date >= first && r.Date <= last).ToListAsync(cancel);
        var closed = await db.ClosedPeriods.AsNoTracking().Where(p => p.LastDay >= first && p.FirstDay <= last)
            .Select(p => new ClosedPeriod(p.FirstDay, p.LastDay)).ToListAsync(cancel);
        var rules = resources.ToDictionary(r => r, r => new CalendarRules
        {
            Zone = hours.FirstOrDefault(h => h.ResourceId == r) is { } row ? TimeZoneInfo.FindSystemTimeZoneById(row.Zone) : zone,
            Weekly = [.. hours.Where(h => h.ResourceId == r).Select(h => new WeeklyHours(h.Weekday, h.Starts, h.Ends, h.IsBreak, h.ValidFrom, h.ValidTo))],
            Exceptions = [.. dates.Where(d => d.ResourceId == r).Select(d => new DateRule(d.Date, d.IsOpen, d.Starts, d.Ends))],
            Closed = closed,
            ClosedOnPublicHolidays = practice.ClosedOnPublicHolidays,
        });
        var window = new TimeRange(WallTime.Day(first, zone).From, WallTime.Day(last, zone).To);
        return new Calendars(rules, await BusyAsync(work, resources, window, except, cancel));
    }

    /// <summary>Busy times by resource; every resource asked for has a list.</summary>
    public static async Task<Dictionary<Guid, List<TimeRange>>> BusyAsync(
        UnitOfWork work, IReadOnlyCollection<Guid> resources, TimeRange window, Guid? except, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            """
            select resource_id, lower(during), upper(during) from booking.allocation
            where resource_id = any($1) and during && $2 and (expires_at is null or expires_at > now()) and (appointment_id is null or appointment_id is distinct from $3)
            order by lower(during)
            """,
            r => (Resource: r.GetGuid(0), Range: new TimeRange(r.GetDateTime(1), r.GetDateTime(2))),
            cancel, resources.ToArray(), new NpgsqlRange<DateTime>(window.From, true, window.To, false),
            new NpgsqlParameter { Value = (object?)except ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        var busy = resources.ToDictionary(r => r, _ => new List<TimeRange>());
        rows.ForEach(row => busy[row.Resource].Add(row.Range));
        return busy;
    }
}
