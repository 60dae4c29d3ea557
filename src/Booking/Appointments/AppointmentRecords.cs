using Booking.Messages;
using Booking.Services;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using KantaConnector.Appointments;

namespace Booking.Appointments;

/// <summary>What every change of an appointment leaves behind, in its transaction: FHIR resources, what the archive is to know, owed messages and a leaf of the access log.</summary>
internal sealed class AppointmentRecords(UnitOfWork work, BookingProjection projection, ArchiveAppointment archive, AccessLog log, MessageSignal signal)
{
    /// <summary>Called after the rows were saved and before the commit.</summary>
    /// <param name="message">The message that the customer is owed; null: none, as she has no address or was not to be told.</param>
    public async Task LeaveAsync(
        BookingContext db, Appointment appointment, string interaction, MessageKind? message, BookingRules rules, bool remind, CancellationToken cancel)
    {
        if (message is { } kind)
        {
            db.Outbox.AddRange(MessagePlan.For(appointment, kind, appointment.ChangedAt, rules.ReminderMinutes, remind));
            await db.SaveChangesAsync(cancel);
            work.AfterCommit(_ => signal.Wake());
        }

        await projection.AppointmentAsync(db, appointment, cancel);
        await archive.ChangedAsync(appointment.Id, work, cancel);
        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = interaction,
                ResourceType = "Appointment",
                ResourceId = appointment.Id.ToString(),
                ResourceVersion = appointment.Version,
                PatientIds = [appointment.CustomerId.ToString()],
                ControllerId = appointment.ControllerId,
                Purpose = "booking",
            },
            cancel);
    }
}
