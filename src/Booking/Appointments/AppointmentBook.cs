using CareRecords.Database;
using KantaConnector.Appointments;
using Microsoft.EntityFrameworkCore;

namespace Booking.Appointments;

/// <summary>The calendar as the archive's connector sees it.</summary>
internal sealed class AppointmentBook : IAppointmentBook
{
    public async Task<AppointmentFacts?> FindAsync(Guid appointmentId, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var found = await (
            from a in db.Appointments.AsNoTracking()
            join s in db.Services.AsNoTracking() on a.ServiceId equals s.Id
            where a.Id == appointmentId
            select new { Appointment = a, s.IsCare, s.NameFi }).SingleOrDefaultAsync(cancel);
        return found is not { Appointment: var row } ? null : new AppointmentFacts(
            row.Id, row.CustomerId.ToString(), row.ControllerId, row.PractitionerId, found.IsCare, found.NameFi, State(row), row.StartsAt, row.EndsAt, row.CreatedAt);
    }

    private static AppointmentState State(Appointment appointment) => appointment.Status switch
    {
        AppointmentStatus.Booked => AppointmentState.Booked,
        AppointmentStatus.Arrived => AppointmentState.Arrived,
        AppointmentStatus.Done => AppointmentState.Done,
        AppointmentStatus.NoShow => AppointmentState.NoShow,
        _ => appointment.EnteredInError ? AppointmentState.Mistake : AppointmentState.Cancelled,
    };
}
