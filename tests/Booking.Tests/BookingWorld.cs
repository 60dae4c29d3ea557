using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Services;
using Booking.Ui;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using KantaConnector;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Booking.Tests;

/// <summary>A practice on a real database: its practitioner works every day 8–16, the clock stands on Monday 2026-11-23 at 10 local time.</summary>
internal sealed class BookingWorld : IAsyncDisposable
{
    public static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
    private static readonly MasterKeys Keys = MasterKeys.Ephemeral();
    private readonly ServiceProvider _services;

    private BookingWorld(ServiceProvider services, FakeTimeProvider clock, RecordedMails mails) => (_services, Clock, Mails) = (services, clock, mails);

    public FakeTimeProvider Clock { get; }

    public RecordedMails Mails { get; }

    public static async Task<BookingWorld> OpenAsync(BookingDatabase database)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));
        var mails = new RecordedMails();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Mail:PublicAddress", "https://booking.example.fi")]).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            // A contest of 64 waits for connections of the pool; a busy machine takes its time.
            .AddSingleton(_ => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Timeout = 120 }))
            .AddSingleton(new KeyDatabase(database.DataSource))
            .AddSingleton(Keys)
            .AddSingleton<TimeProvider>(clock)
            .AddCareRecords()
            .AddBooking(configuration)
            .AddKanta()
            .AddUi(configuration)
            .AddSingleton<IMailer>(mails);
        var world = new BookingWorld(services.BuildServiceProvider(), clock, mails);
        await world.InScopeAsync(async p =>
        {
            var work = p.GetRequiredService<UnitOfWork>();
            await SetUpPractice.HandleAsync(work, new SetUpPractice.Request
            {
                Name = "Hoitola Koe",
                Environment = KantaEnvironment.Simulated,
                OrganizationOid = "1.2.246.10.99999999.10.0",
                Controllers = [Controller(Guid.CreateVersion7())],
            }, CancellationToken.None);
            await work.CommitAsync();
        });
        return world;
    }

    /// <summary>A practitioner of her own with one service of an hour, so that tests do not meet in one calendar.</summary>
    public Task<(Practitioner Practitioner, Service Service)> PractitionerAsync(int buffer = 0) => InScopeAsync(async p =>
    {
        var work = p.GetRequiredService<UnitOfWork>();
        var practice = await p.GetRequiredService<PracticeDirectory>().GetAsync();
        await using var db = await BookingContext.OnAsync(work, CancellationToken.None);
        var resource = new CalendarResource { PracticeId = practice.Id, Kind = ResourceKind.Practitioner, Name = "Maija Malli" };
        var practitioner = new Practitioner
        {
            Id = resource.Id,
            ControllerId = practice.Controllers[0].Id,
            FamilyName = "Malli",
            GivenNames = "Maija Kaarina",
            Title = "fysioterapeutti",
            TerhikkiNumber = "12345678901",
        };
        var service = new Service
        {
            PracticeId = practice.Id,
            NameFi = "Fysioterapia",
            NameSv = "Fysioterapi",
            NameEn = "Physiotherapy",
            DurationMinutes = 60,
            BufferMinutes = buffer,
            PriceCents = 7500,
            Vat = VatTreatment.ExemptHealth,
            IsCare = true,
            GridMinutes = 60,
        };
        db.AddRange(resource, practitioner, service, new ServiceOffer { ServiceId = service.Id, PractitionerId = practitioner.Id });
        db.AddRange(Enum.GetValues<DayOfWeek>().Select(d =>
            new WorkingHours { ResourceId = resource.Id, Weekday = d, Starts = new TimeOnly(8, 0), Ends = new TimeOnly(16, 0) }));
        await db.SaveChangesAsync();
        await work.CommitAsync();
        return (practitioner, service);
    });

    public static BookVisit.Request Wish(Service service, Practitioner? practitioner, DateTime start, Guid? key = null) => new()
    {
        Key = key ?? Guid.CreateVersion7(),
        ServiceId = service.Id,
        PractitionerId = practitioner?.Id,
        Start = start,
        Customer = Aino(),
        Reminder = true,
    };

    public static CustomerDetails Aino() => new()
    {
        FamilyName = "Virtanen",
        GivenNames = "Aino Maria",
        Email = "aino.virtanen@example.fi",
        Phone = "040 123 4567",
        Language = "fi",
    };

    public Task<BookingOutcome> BookAsync(BookVisit.Request request) =>
        InScopeAsync(p => p.GetRequiredService<BookVisit>().HandleAsync(request, CancellationToken.None));

    public Task<T> DbAsync<T>(Func<BookingContext, Task<T>> read) => InScopeAsync(async p =>
    {
        await using var db = await BookingContext.OnAsync(p.GetRequiredService<UnitOfWork>(), CancellationToken.None);
        return await read(db);
    });

    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = _services.CreateAsyncScope();
        return await act(scope.ServiceProvider);
    }

    public Task InScopeAsync(Func<IServiceProvider, Task> act) => InScopeAsync(async p =>
    {
        await act(p);
        return true;
    });

    /// <summary>A local time of November 2026 as an instant.</summary>
    public static DateTime At(int day, int hour, int minute = 0) => WallTime.ToInstant(new DateOnly(2026, 11, day), new TimeOnly(hour, minute), Helsinki);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ControllerFacts Controller(Guid id) => new(
        id, "Hoitola Koe", "company", "1.2.246.10.99999999.19.0", "1.2.246.10.99999999.10.0", "Hoitola Koe", "1.2.246.10.99999999.10.1", "Vastaanotto",
        "1.2.246.10.99999999", "3", "1.2.246.10.99999999.22");
}

/// <summary>Keeps what was sent; can refuse.</summary>
internal sealed class RecordedMails : IMailer
{
    private readonly List<Mail> _sent = [];

    public MailNotSentException? Refusal { get; set; }

    public IReadOnlyList<Mail> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    public Task SendAsync(Mail mail, CancellationToken cancel)
    {
        if (Refusal is { } refusal)
        {
            throw refusal;
        }

        lock (_sent)
        {
            _sent.Add(mail);
        }

        return Task.CompletedTask;
    }
}
