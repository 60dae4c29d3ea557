using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Services;

internal enum ResourceKind
{
    Practitioner,
    Room,
    Device,
}

/// <summary>Something whose time can be taken once: a practitioner, a room or a device.</summary>
internal sealed class CalendarResource
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid PracticeId { get; init; }

    public required ResourceKind Kind { get; init; }

    public required string Name { get; set; }

    public bool Active { get; set; } = true;

    /// <summary>Order on pages.</summary>
    public int Place { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<CalendarResource>
    {
        public void Configure(EntityTypeBuilder<CalendarResource> builder) => builder.ToTable("calendar_resource").HasKey(r => r.Id);
    }
}
