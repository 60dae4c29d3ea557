using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Customers;

internal enum CustomerSource
{
    Online,
    Staff,
    Import,
}

/// <summary>A customer card as stored: who she is and how to reach her, encrypted with her own key. Its id is the FHIR Patient's logical id.</summary>
internal sealed class Customer
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid PracticeId { get; init; }

    /// <summary>The customer number, given by the database.</summary>
    public long Number { get; init; }

    public required byte[] Name { get; set; }

    public byte[]? Email { get; set; }

    public byte[]? Phone { get; set; }

    public byte[]? Address { get; set; }

    public byte[]? Note { get; set; }

    public required string Language { get; set; }

    public required CustomerSource Source { get; init; }

    /// <summary>Turvakielto, as the patient record has it: contacts are shown to nobody by themselves.</summary>
    public bool NonDisclosure { get; set; }

    /// <summary>Looks like an older card; the practice decides whether to link them.</summary>
    public bool PossibleDuplicate { get; set; }

    /// <summary>The card that this one was found to duplicate.</summary>
    public Guid? LinkedTo { get; set; }

    public int Version { get; set; } = 1;

    public required DateTime CreatedAt { get; init; }

    public required DateTime ChangedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Customer>
    {
        public void Configure(EntityTypeBuilder<Customer> builder)
        {
            builder.ToTable("customer").HasKey(c => c.Id);
            builder.Property(c => c.Number).ValueGeneratedOnAdd();
            builder.Property(c => c.Version).IsConcurrencyToken();
        }
    }
}

internal enum LookupKind
{
    Email,
    Phone,
    Name,
}

/// <summary>A keyed hash under which a card is found.</summary>
internal sealed class CustomerLookup
{
    public required Guid CustomerId { get; init; }

    public required LookupKind Kind { get; init; }

    public required byte[] Hash { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<CustomerLookup>
    {
        public void Configure(EntityTypeBuilder<CustomerLookup> builder)
        {
            builder.ToTable("customer_lookup").HasKey(l => new { l.CustomerId, l.Kind, l.Hash });
            builder.HasOne<Customer>().WithMany().HasForeignKey(l => l.CustomerId);
        }
    }
}
