using Booking.Appointments;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;

namespace Booking.Treatments;

/// <summary>What the treatment side needs of an appointment.</summary>
internal sealed class AppointmentForCare(UnitOfWork work, ChangeVisit change)
{
    internal sealed record Facts(
        Guid Id, string PatientId, Guid PractitionerId, Guid ControllerId, string ServiceName, bool IsCare, string ContactMode, DateTimeOffset StartsAt);

    /// <summary>Null when it is unknown or cancelled.</summary>
    public async Task<Facts?> FindAsync(Guid id, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var row = await (
            from a in db.Appointments.AsNoTracking()
            join s in db.Services on a.ServiceId equals s.Id
            where a.Id == id && a.Status != AppointmentStatus.Cancelled
            select new { a.CustomerId, a.PractitionerId, a.ControllerId, s.NameFi, s.IsCare, a.ContactMode, a.StartsAt }).SingleOrDefaultAsync(cancel);
        return row is null
            ? null
            : new Facts(
                id, row.CustomerId.ToString(), row.PractitionerId, row.ControllerId, row.NameFi, row.IsCare,
                BookingContext.SnakeCase(row.ContactMode.ToString()), new DateTimeOffset(row.StartsAt, TimeSpan.Zero));
    }

    /// <summary>
    /// The customer has come, or came after all: what was booked or counted as a no-show becomes arrived. In the open transaction; the caller commits.
    /// </summary>
    public async Task ArrivedAsync(Guid id, CancellationToken cancel)
    {
        if (await StatusAsync(id, cancel) is AppointmentStatus.Booked or AppointmentStatus.NoShow)
        {
            await change.RecordInAsync(id, AppointmentStatus.Arrived, cancel);
        }
    }

    /// <summary>The customer has not come: the visit that was opened for the booking was somebody else's. In the open transaction; the caller commits.</summary>
    public async Task NotArrivedAsync(Guid id, CancellationToken cancel)
    {
        if (await StatusAsync(id, cancel) is AppointmentStatus.Arrived or AppointmentStatus.Done)
        {
            await change.RecordInAsync(id, AppointmentStatus.Booked, cancel);
        }
    }

    /// <summary>The visit has ended. In the open transaction; the caller commits.</summary>
    public Task DoneAsync(Guid id, CancellationToken cancel) => change.RecordInAsync(id, AppointmentStatus.Done, cancel);

    private async Task<AppointmentStatus> StatusAsync(Guid id, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        return await db.Appointments.Where(a => a.Id == id).Select(a => a.Status).SingleAsync(cancel);
    }
}
