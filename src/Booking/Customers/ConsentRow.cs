using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Customers;

internal enum ConsentPurpose
{
    /// <summary>The booking terms were accepted; not a consent in the sense of data protection, but proved the same way.</summary>
    Terms,

    /// <summary>Reminders of one's own visits: a service message.</summary>
    Reminders,

    Marketing,
}

internal enum ConsentChannel
{
    None,
    Email,
    Sms,
}

internal enum ConsentSource
{
    OnlineBooking,
    Staff,
    Portal,
}

/// <summary>What a customer agreed to, per channel, when, where and to which wording; withdrawn, never deleted.</summary>
internal sealed class ConsentRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid CustomerId { get; init; }

    public required ConsentPurpose Purpose { get; init; }

    public required ConsentChannel Channel { get; init; }

    public required DateTime GivenAt { get; init; }

    public required ConsentSource Source { get; init; }

    public required string TextVersion { get; init; }

    public DateTime? WithdrawnAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ConsentRow>
    {
        public void Configure(EntityTypeBuilder<ConsentRow> builder)
        {
            builder.ToTable("consent").HasKey(c => c.Id);
            builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.CustomerId);
        }
    }
}
