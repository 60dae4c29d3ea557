using Booking.Services;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Availability;

/// <summary>Weekly hours or a weekly break of a resource, local wall time of <see cref="Zone"/>.</summary>
internal sealed class WorkingHours
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid ResourceId { get; init; }

    public required DayOfWeek Weekday { get; set; }

    public required TimeOnly Starts { get; set; }

    /// <summary>00:00 means the end of the day.</summary>
    public required TimeOnly Ends { get; set; }

    public bool IsBreak { get; set; }

    public string Zone { get; set; } = "Europe/Helsinki";

    public DateOnly? ValidFrom { get; set; }

    public DateOnly? ValidTo { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<WorkingHours>
    {
        public void Configure(EntityTypeBuilder<WorkingHours> builder)
        {
            builder.ToTable("working_hours").HasKey(h => h.Id);
            builder.HasOne<CalendarResource>().WithMany().HasForeignKey(h => h.ResourceId);
            builder.Property(h => h.Weekday).HasConversion<short>();
        }
    }
}

/// <summary>What differs on one date; see <see cref="DateRule"/>.</summary>
internal sealed class DateRuleRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid ResourceId { get; init; }

    public required DateOnly Date { get; set; }

    public required bool IsOpen { get; set; }

    public TimeOnly? Starts { get; set; }

    public TimeOnly? Ends { get; set; }

    public string Note { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<DateRuleRow>
    {
        public void Configure(EntityTypeBuilder<DateRuleRow> builder)
        {
            builder.ToTable("date_rule").HasKey(r => r.Id);
            builder.HasOne<CalendarResource>().WithMany().HasForeignKey(r => r.ResourceId);
        }
    }
}

/// <summary>Days on which the whole practice is closed.</summary>
internal sealed class ClosedPeriodRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid PracticeId { get; init; }

    public required DateOnly FirstDay { get; set; }

    public required DateOnly LastDay { get; set; }

    public required string Name { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ClosedPeriodRow>
    {
        public void Configure(EntityTypeBuilder<ClosedPeriodRow> builder) => builder.ToTable("closed_period").HasKey(p => p.Id);
    }
}
