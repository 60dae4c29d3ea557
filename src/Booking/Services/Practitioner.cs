using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Services;

/// <summary>A practitioner; her id is that of her calendar.</summary>
internal sealed class Practitioner
{
    public required Guid Id { get; init; }

    /// <summary>Whose register her patient records go to: the company's, or her own.</summary>
    public required Guid ControllerId { get; set; }

    /// <summary>The account she signs in with.</summary>
    public Guid? UserId { get; set; }

    public required string FamilyName { get; set; }

    /// <summary>All given names, separated by spaces.</summary>
    public required string GivenNames { get; set; }

    public string? CallName { get; set; }

    /// <summary>As customers and documents see it, such as fysioterapeutti.</summary>
    public required string Title { get; set; }

    /// <summary>Registration number of 11 digits (root 1.2.246.537.26), or null for staff without one.</summary>
    public string? TerhikkiNumber { get; set; }

    public string? PersonnelId { get; set; }

    /// <summary>Code of 1.2.246.537.6.140, imported; never derived from the title.</summary>
    public string? ProfessionalRightCode { get; set; }

    public string? ProfessionalRight { get; set; }

    /// <summary>The name in daily use.</summary>
    public string ShownName => $"{CallName ?? GivenNames.Split(' ')[0]} {FamilyName}";

    internal sealed class Mapping : IEntityTypeConfiguration<Practitioner>
    {
        public void Configure(EntityTypeBuilder<Practitioner> builder)
        {
            builder.ToTable("practitioner").HasKey(p => p.Id);
            builder.HasOne<CalendarResource>().WithOne().HasForeignKey<Practitioner>(p => p.Id);
            builder.Ignore(p => p.ShownName);
        }
    }
}
