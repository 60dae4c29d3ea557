using Booking.Appointments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Messages;

internal enum MessageKind
{
    Confirmation,
    Moved,
    Cancelled,
    Reminder,
}

internal enum MessageChannel
{
    Email,
}

internal enum MessageState
{
    Waiting,
    Sent,

    /// <summary>No longer true when it was due: the visit had changed, passed or been cancelled.</summary>
    Skipped,

    /// <summary>Refused for good, or tried too often.</summary>
    Failed,
}

/// <summary>A message that is owed about an appointment; written with the change that causes it, sent later.</summary>
internal sealed class OutboxMessage
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid AppointmentId { get; init; }

    public required MessageKind Kind { get; init; }

    public MessageChannel Channel { get; init; }

    public required DateTime DueAt { get; init; }

    /// <summary>The appointment's version that the message is about.</summary>
    public required int AppointmentVersion { get; init; }

    public MessageState State { get; init; }

    public string Reason { get; init; } = "";

    public int Attempts { get; init; }

    public Guid? LeaseToken { get; init; }

    public DateTime? LeaseUntil { get; init; }

    public DateTime? SettledAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> builder)
        {
            builder.ToTable("outbox_message").HasKey(m => m.Id);
            builder.HasOne<Appointment>().WithMany().HasForeignKey(m => m.AppointmentId);
        }
    }
}
