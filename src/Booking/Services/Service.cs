using Booking.Availability;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Booking.Services;

internal enum VatTreatment
{
    /// <summary>Health or medical care, exempt by AVL 34–36 §.</summary>
    ExemptHealth,

    /// <summary>The general rate.</summary>
    General,
}

internal enum ContactMode
{
    InPerson,
    Phone,
    Video,
    HomeVisit,
}

/// <summary>What can be booked.</summary>
internal sealed class Service
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid PracticeId { get; init; }

    public string NameFi { get; set; } = "";

    public string NameSv { get; set; } = "";

    public string NameEn { get; set; } = "";

    public string AboutFi { get; set; } = "";

    public string AboutSv { get; set; } = "";

    public string AboutEn { get; set; } = "";

    public int DurationMinutes { get; set; }

    /// <summary>Kept free after the visit.</summary>
    public int BufferMinutes { get; set; }

    public int PriceCents { get; set; }

    public VatTreatment Vat { get; set; }

    /// <summary>True: a health-care service, for which a patient record is kept and archived. False: nothing of that happens.</summary>
    public bool IsCare { get; set; }

    public ContactMode ContactMode { get; set; }

    /// <summary>Customers may book it themselves.</summary>
    public bool Online { get; set; } = true;

    /// <summary>How long before its start a time can be booked at the latest.</summary>
    public int NoticeMinutes { get; set; } = 120;

    public int HorizonDays { get; set; } = 90;

    public int GridMinutes { get; set; } = 15;

    public bool Active { get; set; } = true;

    public int Place { get; set; }

    public VisitShape Shape => new(TimeSpan.FromMinutes(DurationMinutes), TimeSpan.FromMinutes(BufferMinutes), TimeSpan.FromMinutes(GridMinutes));

    public string Name(string language) => language switch { "sv" => NameSv, "en" => NameEn, _ => NameFi };

    public string About(string language) => language switch { "sv" => AboutSv, "en" => AboutEn, _ => AboutFi };

    internal sealed class Mapping : IEntityTypeConfiguration<Service>
    {
        public void Configure(EntityTypeBuilder<Service> builder)
        {
            builder.ToTable("service").HasKey(s => s.Id);
            builder.Ignore(s => s.Shape);
        }
    }
}

/// <summary>Who gives a service, with what differs from the service's own price and VAT.</summary>
internal sealed class ServiceOffer
{
    public required Guid ServiceId { get; init; }

    public required Guid PractitionerId { get; init; }

    public VatTreatment? Vat { get; set; }

    public int? PriceCents { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ServiceOffer>
    {
        public void Configure(EntityTypeBuilder<ServiceOffer> builder)
        {
            builder.ToTable("service_offer").HasKey(o => new { o.ServiceId, o.PractitionerId });
            builder.HasOne<Service>().WithMany().HasForeignKey(o => o.ServiceId);
            builder.HasOne<Practitioner>().WithMany().HasForeignKey(o => o.PractitionerId);
        }
    }
}

/// <summary>A room or device that each visit of the service takes as well.</summary>
internal sealed class ServiceNeed
{
    public required Guid ServiceId { get; init; }

    public required Guid ResourceId { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ServiceNeed>
    {
        public void Configure(EntityTypeBuilder<ServiceNeed> builder)
        {
            builder.ToTable("service_need").HasKey(n => new { n.ServiceId, n.ResourceId });
            builder.HasOne<Service>().WithMany().HasForeignKey(n => n.ServiceId);
            builder.HasOne<CalendarResource>().WithMany().HasForeignKey(n => n.ResourceId);
        }
    }
}
