using Booking.Customers;
using Booking.Services;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Appointments;

internal enum AppointmentStatus
{
    Booked,
    Arrived,
    Done,
    NoShow,
    Cancelled,
}

internal enum AppointmentSource
{
    Online,
    Staff,
}

internal enum CancelledBy
{
    Customer,
    Practice,
}

/// <summary>A booked visit. Its id is the FHIR Appointment's logical id; the time it blocks is an allocation of its own.</summary>
internal sealed class Appointment
{
    public required Guid Id { get; init; }

    public required Guid PracticeId { get; init; }

    public required Guid ControllerId { get; set; }

    public required Guid CustomerId { get; init; }

    public required Guid ServiceId { get; init; }

    public required Guid PractitionerId { get; set; }

    public AppointmentStatus Status { get; set; }

    /// <summary>UTC; with <see cref="Zone"/> the local time that was agreed.</summary>
    public required DateTime StartsAt { get; set; }

    /// <summary>The end that the customer sees, without the buffer.</summary>
    public required DateTime EndsAt { get; set; }

    public required string Zone { get; init; }

    public required ContactMode ContactMode { get; set; }

    public required AppointmentSource Source { get; init; }

    public required string Language { get; init; }

    public required int PriceCents { get; init; }

    public required VatTreatment Vat { get; init; }

    public byte[]? Message { get; init; }

    public string? OverlapReason { get; set; }

    /// <summary>1 at booking; raised by each change that the customer must see.</summary>
    public int Version { get; set; } = 1;

    public required byte[] LinkHash { get; init; }

    public required Guid IdempotencyKey { get; init; }

    public Guid? BookedBy { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ChangedAt { get; set; }

    public DateTime? CancelledAt { get; set; }

    public CancelledBy? CancelledBy { get; set; }

    /// <summary>Cancelled because it never was: the archive's copy is invalidated rather than shown as cancelled.</summary>
    public bool EnteredInError { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Appointment>
    {
        public void Configure(EntityTypeBuilder<Appointment> builder)
        {
            builder.ToTable("appointment").HasKey(a => a.Id);
            builder.Property(a => a.Version).IsConcurrencyToken();
            builder.HasOne<Customer>().WithMany().HasForeignKey(a => a.CustomerId);
            builder.HasOne<Service>().WithMany().HasForeignKey(a => a.ServiceId);
            builder.HasOne<Practitioner>().WithMany().HasForeignKey(a => a.PractitionerId);
        }
    }
}
