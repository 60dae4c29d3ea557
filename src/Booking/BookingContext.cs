using System.Text.RegularExpressions;
using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Services;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Booking;

/// <summary>The booking schema: entities in snake_case, enumerations as words. Its migrations are written by hand.</summary>
public sealed partial class BookingContext(DbContextOptions<BookingContext> options) : DbContext(options)
{
    /// <summary>The name of the schema.</summary>
    public const string Schema = "booking";

    internal DbSet<CalendarResource> Resources => Set<CalendarResource>();

    internal DbSet<Practitioner> Practitioners => Set<Practitioner>();

    internal DbSet<WorkingHours> WorkingHours => Set<WorkingHours>();

    internal DbSet<DateRuleRow> DateRules => Set<DateRuleRow>();

    internal DbSet<ClosedPeriodRow> ClosedPeriods => Set<ClosedPeriodRow>();

    internal DbSet<BookingRules> Rules => Set<BookingRules>();

    internal DbSet<Service> Services => Set<Service>();

    internal DbSet<ServiceOffer> Offers => Set<ServiceOffer>();

    internal DbSet<ServiceNeed> Needs => Set<ServiceNeed>();

    internal DbSet<Customer> Customers => Set<Customer>();

    internal DbSet<CustomerLookup> Lookups => Set<CustomerLookup>();

    internal DbSet<ConsentRow> Consents => Set<ConsentRow>();

    internal DbSet<Appointment> Appointments => Set<Appointment>();

    internal DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>A context on the unit of work's connection and transaction; the caller disposes it, the unit of work stays.</summary>
    internal static async ValueTask<BookingContext> OnAsync(UnitOfWork work, CancellationToken cancel)
    {
        var options = new DbContextOptionsBuilder<BookingContext>()
            .UseNpgsql(await work.ConnectionAsync(cancel))
            .ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning))
            .Options;
        var context = new BookingContext(options);
        await context.Database.UseTransactionAsync(work.Transaction, cancel);
        return context;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(BookingContext).Assembly, t => t.Namespace != "Booking.Identity");
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.Name));
                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (type.IsEnum && type != typeof(DayOfWeek))
                {
                    property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(EnumWord<>).MakeGenericType(type))!);
                }
            }
        }
    }

    internal static string SnakeCase(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex WordStart();

    private sealed class EnumWord<T>() : ValueConverter<T, string>(value => Words[value], word => Values[word])
        where T : struct, Enum
    {
        private static readonly Dictionary<T, string> Words = Enum.GetValues<T>().ToDictionary(v => v, v => SnakeCase(v.ToString()));
        private static readonly Dictionary<string, T> Values = Words.ToDictionary(w => w.Value, w => w.Key);
    }
}
