using Booking.Appointments;
using Booking.Services;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Book;

/// <summary>What a customer sees of her booking through its link.</summary>
internal sealed record ManagedBooking(Appointment Appointment, Service Service, Practitioner Practitioner, BookingRules Rules, bool HasEmail);

/// <summary>Finds a booking by the secret of its link; an unknown secret looks like one that never was.</summary>
internal sealed class ManagedBookings(UnitOfWork work, PracticeDirectory directory, AccessLog log)
{
    private const int LongestToken = 64;

    public async Task<ManagedBooking?> FindAsync(string token, CancellationToken cancel)
    {
        if (token.Length > LongestToken)
        {
            return null;
        }

        var practice = await directory.GetAsync(cancel);
        var booking = await ReadAsync(AppointmentLinks.Hash(token), practice, cancel);
        // The log writes on a connection of its own: ours is given back first.
        await work.RollbackAsync();
        if (booking is { Appointment: var appointment })
        {
            await log.RecordAsync(
                new AccessEntry
                {
                    Interaction = "read",
                    ResourceType = "Appointment",
                    ResourceId = appointment.Id.ToString(),
                    ResourceVersion = appointment.Version,
                    PatientIds = [appointment.CustomerId.ToString()],
                    ControllerId = appointment.ControllerId,
                    Purpose = "patient_request",
                    Detail = "link",
                },
                cancel);
        }

        return booking;
    }

    private async Task<ManagedBooking?> ReadAsync(byte[] hash, PracticeFacts practice, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await db.Appointments.AsNoTracking().SingleOrDefaultAsync(a => a.LinkHash == hash, cancel) is not { } appointment)
        {
            return null;
        }

        var service = await db.Services.AsNoTracking().SingleAsync(s => s.Id == appointment.ServiceId, cancel);
        var practitioner = await db.Practitioners.AsNoTracking().SingleAsync(p => p.Id == appointment.PractitionerId, cancel);
        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        var hasEmail = await db.Customers.AnyAsync(c => c.Id == appointment.CustomerId && c.Email != null, cancel);
        return new ManagedBooking(appointment, service, practitioner, rules, hasEmail);
    }
}
