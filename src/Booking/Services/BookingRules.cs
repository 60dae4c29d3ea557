using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Services;

/// <summary>The practice's rules of online booking and what its pages and mails say about it.</summary>
internal sealed class BookingRules
{
    public required Guid PracticeId { get; init; }

    /// <summary>How long before the start a customer may cancel by herself.</summary>
    public int CancelDeadlineMinutes { get; set; } = 24 * 60;

    public int MoveDeadlineMinutes { get; set; } = 24 * 60;

    /// <summary>How long before the start the reminder is due.</summary>
    public int ReminderMinutes { get; set; } = 24 * 60;

    public bool ClosedOnPublicHolidays { get; set; } = true;

    /// <summary>Version of the booking terms that a customer accepts.</summary>
    public string TermsVersion { get; set; } = "1";

    public string Street { get; set; } = "";

    public string PostalCode { get; set; } = "";

    public string City { get; set; } = "";

    public string Phone { get; set; } = "";

    public string Email { get; set; } = "";

    public string Address => string.Join(", ", new[] { Street, $"{PostalCode} {City}".Trim() }.Where(p => p.Length > 0));

    internal sealed class Mapping : IEntityTypeConfiguration<BookingRules>
    {
        public void Configure(EntityTypeBuilder<BookingRules> builder)
        {
            builder.ToTable("booking_rules").HasKey(r => r.PracticeId);
            builder.Ignore(r => r.Address);
        }
    }
}
