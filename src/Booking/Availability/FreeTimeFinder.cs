using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Availability;

/// <summary>A start time and the practitioners who are free then, those with the fewest visits of the day first.</summary>
internal sealed record FreeTime(DateTime Start, IReadOnlyList<Guid> Practitioners);

/// <summary>The free times of one local date, ascending.</summary>
internal sealed record FreeDay(DateOnly Date, IReadOnlyList<FreeTime> Times);

/// <summary>A service with those who give it.</summary>
internal sealed record OfferedService(Service Service, IReadOnlyList<Practitioner> Practitioners, IReadOnlyList<ServiceOffer> Offers, IReadOnlyList<Guid> Needs)
{
    public ServiceOffer Offer(Guid practitioner) => Offers.Single(o => o.PractitionerId == practitioner);
}

/// <summary>Finds the free times that customers may book.</summary>
internal sealed class FreeTimeFinder(UnitOfWork work, PracticeDirectory directory, TimeProvider clock)
{
    /// <summary>The service if it can be booked online, else null.</summary>
    public static async Task<OfferedService?> OfferedAsync(BookingContext db, Guid serviceId, CancellationToken cancel, bool online = true)
    {
        var service = await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Id == serviceId && s.Active && (s.Online || !online), cancel);
        if (service is null)
        {
            return null;
        }

        var offers = await db.Offers.AsNoTracking().Where(o => o.ServiceId == serviceId).ToListAsync(cancel);
        var needs = await db.Needs.AsNoTracking().Where(n => n.ServiceId == serviceId).Select(n => n.ResourceId).ToListAsync(cancel);
        var practitioners = await (
            from p in db.Practitioners
            join r in db.Resources on p.Id equals r.Id
            join o in db.Offers on p.Id equals o.PractitionerId
            where r.Active && o.ServiceId == serviceId
            orderby r.Place, p.FamilyName
            select p).AsNoTracking().ToListAsync(cancel);
        return new OfferedService(service, practitioners, offers, needs);
    }

    /// <summary>
    /// The free times on <paramref name="days"/> dates from <paramref name="from"/>; days without any are left out.
    /// </summary>
    /// <param name="practitioner">Only hers; null: anybody's who gives the service.</param>
    /// <param name="except">An appointment whose own time counts as free.</param>
    public async Task<List<FreeDay>> FindAsync(
        BookingContext db, OfferedService offered, Guid? practitioner, DateOnly from, int days, CancellationToken cancel, Guid? except = null)
    {
        var facts = await directory.GetAsync(cancel);
        var rules = await PracticeRules.ReadAsync(db, facts.Id, cancel);
        var service = offered.Service;
        var now = clock.GetUtcNow().UtcDateTime;
        var bookable = new TimeRange(
            now.AddMinutes(service.NoticeMinutes), WallTime.Day(WallTime.LocalDate(now, facts.Zone).AddDays(service.HorizonDays), facts.Zone).To);
        var candidates = offered.Practitioners.Where(p => practitioner is null || p.Id == practitioner).Select(p => p.Id).ToList();
        var calendars = await Calendars.ReadAsync(
            work, db, [.. candidates, .. offered.Needs], from, from.AddDays(days - 1), rules, facts.Zone, except, cancel);
        var needed = offered.Needs.SelectMany(n => calendars.Busy[n]).ToList();
        return [.. Enumerable.Range(0, days).Select(n => Day(from.AddDays(n))).Where(d => d.Times.Count > 0)];

        FreeDay Day(DateOnly date)
        {
            var day = WallTime.Day(date, facts.Zone);
            var free =
                from id in candidates
                let busy = calendars.Busy[id]
                let load = busy.Count(day.Overlaps)
                from start in FreeTimes.On(date, calendars.Rules[id], service.Shape, [.. busy, .. needed], bookable)
                group (id, load) by start into times
                orderby times.Key
                select new FreeTime(times.Key, [.. times.OrderBy(t => t.load).Select(t => t.id)]);
            return new FreeDay(date, [.. free]);
        }
    }

    /// <summary>The free times nearest to a wanted one, before or after it, at most <paramref name="count"/>, in the order of time.</summary>
    public async Task<List<FreeTime>> NearestAsync(
        BookingContext db, OfferedService offered, Guid? practitioner, DateTime wanted, int count, CancellationToken cancel)
    {
        var facts = await directory.GetAsync(cancel);
        var today = WallTime.LocalDate(clock.GetUtcNow().UtcDateTime, facts.Zone);
        var from = WallTime.LocalDate(wanted, facts.Zone).AddDays(-3);
        var days = await FindAsync(db, offered, practitioner, from < today ? today : from, 14, cancel);
        return [.. days.SelectMany(d => d.Times).OrderBy(t => (t.Start - wanted).Duration()).Take(count).OrderBy(t => t.Start)];
    }
}
