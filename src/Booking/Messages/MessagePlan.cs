using Booking.Appointments;

namespace Booking.Messages;

/// <summary>Which messages a change of an appointment owes.</summary>
internal static class MessagePlan
{
    /// <summary>
    /// The message about the change, due at once, and for a visit that stands its reminder, unless that would be due before the booking or the
    /// reminder would come within an hour after the confirmation.
    /// </summary>
    public static IEnumerable<OutboxMessage> For(Appointment appointment, MessageKind change, DateTime now, int reminderMinutes, bool remind)
    {
        yield return Message(change, now);
        var due = appointment.StartsAt.AddMinutes(-reminderMinutes);
        if (remind && change != MessageKind.Cancelled && due > now.AddHours(1))
        {
            yield return Message(MessageKind.Reminder, due);
        }

        OutboxMessage Message(MessageKind kind, DateTime at) =>
            new() { AppointmentId = appointment.Id, Kind = kind, DueAt = at, AppointmentVersion = appointment.Version };
    }

    /// <summary>Why a message is not to be sent any more; null: send it.</summary>
    public static string? Outdated(MessageKind kind, int messageVersion, Appointment appointment, DateTime now) => (kind, appointment.Status) switch
    {
        _ when messageVersion != appointment.Version => "changed",
        (MessageKind.Cancelled, _) => null,
        (_, not (AppointmentStatus.Booked or AppointmentStatus.Arrived)) => "not booked",
        _ when appointment.StartsAt <= now => "started",
        _ => null,
    };
}
