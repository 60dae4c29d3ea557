using Booking.Availability;
using Booking.Customers;
using Booking.Services;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Appointments;

/// <summary>One visit of the day view.</summary>
/// <param name="IsNew">The customer's first booking here.</param>
internal sealed record DayVisit(Appointment Appointment, Service Service, string Customer, bool IsNew);

/// <summary>One practitioner's column.</summary>
internal sealed record DayColumn(Practitioner Practitioner, IReadOnlyList<TimeRange> Open, IReadOnlyList<DayVisit> Visits);

/// <summary>The practice's day: every practitioner beside the others, with hours and visits.</summary>
internal sealed class DayCalendar(UnitOfWork work, PracticeDirectory directory, CustomerCards cards, AccessLog log)
{
    /// <summary>Reads it and records the look at everyone on it. Cancelled visits are left out.</summary>
    public async Task<List<DayColumn>> ReadAsync(DateOnly date, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var columns = await ColumnsAsync(date, practice, cancel);
        await work.RollbackAsync();
        var patients = columns.SelectMany(c => c.Visits).Select(v => v.Appointment.CustomerId.ToString()).Distinct().ToList();
        if (patients.Count > 0)
        {
            await log.RecordAsync(
                new AccessEntry { Interaction = "read", ResourceType = "Calendar", PatientIds = patients, Purpose = "booking" }, cancel);
        }

        return columns;
    }

    private async Task<List<DayColumn>> ColumnsAsync(DateOnly date, PracticeFacts practice, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var day = WallTime.Day(date, practice.Zone);
        var visits = await (
            from a in db.Appointments
            join s in db.Services on a.ServiceId equals s.Id
            join c in db.Customers on a.CustomerId equals c.Id
            where a.StartsAt < day.To && a.EndsAt > day.From && a.Status != AppointmentStatus.Cancelled
            orderby a.StartsAt
            select new { Appointment = a, Service = s, Customer = c, IsNew = !db.Appointments.Any(o => o.CustomerId == a.CustomerId && o.StartsAt < a.StartsAt) })
            .AsNoTracking().ToListAsync(cancel);
        var practitioners = await (
            from p in db.Practitioners
            join r in db.Resources on p.Id equals r.Id
            where r.Active || db.Appointments.Any(a => a.PractitionerId == p.Id && a.StartsAt < day.To && a.EndsAt > day.From)
            orderby r.Place, p.FamilyName
            select p).AsNoTracking().ToListAsync(cancel);
        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        var calendars = await Calendars.ReadAsync(work, db, [.. practitioners.Select(p => p.Id)], date, date, rules, practice.Zone, null, cancel);
        var names = new Dictionary<Guid, string>();
        foreach (var customer in visits.Select(v => v.Customer).DistinctBy(c => c.Id))
        {
            names[customer.Id] = (await cards.ReadAsync(customer, cancel)).Details?.ShownName ?? "–";
        }

        return [.. practitioners.Select(p => new DayColumn(
            p, OpenTimes.On(date, calendars.Rules[p.Id]),
            [.. visits.Where(v => v.Appointment.PractitionerId == p.Id).Select(v => new DayVisit(v.Appointment, v.Service, names[v.Customer.Id], v.IsNew))]))];
    }
}
