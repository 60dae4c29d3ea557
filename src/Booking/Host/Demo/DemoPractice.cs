using Booking.Availability;
using Booking.Services;
using Booking.SignIn;
using CareRecords.Database;
using CareRecords.Practice;

namespace Booking.Host.Demo;

/// <summary>
/// A practice of invented people to try the product with: two controllers under one roof, care and wellness services, hours on weekdays. Written
/// into an empty database only, always with the simulated archive; its accounts have known secrets.
/// </summary>
internal static class DemoPractice
{
    public const string OrganizationOid = "1.2.246.10.99999999.10.0";
    public const string Password = "kolme sinista venetta";
    public const string TotpKey = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    private static readonly Guid _maija = new("0193aa00-0000-7000-8000-000000000001");
    private static readonly Guid _pekka = new("0193aa00-0000-7000-8000-000000000002");

    public static IReadOnlyList<DemoAccount> Accounts { get; } =
    [
        new("maija.malli@example.fi", "Maija Malli", [Roles.Practitioner, Roles.Administrator], Password, TotpKey, _maija),
        new("pekka.esimerkki@example.fi", "Pekka Esimerkki", [Roles.Practitioner], Password, TotpKey, _pekka),
        new("riitta.vastaanotto@example.fi", "Riitta Vastaanotto", [Roles.Receptionist], Password, TotpKey),
        new("tiina.tietosuoja@example.fi", "Tiina Tietosuoja", [Roles.PrivacyOfficer], Password, TotpKey),
        new("aino.asiakas@example.fi", "Aino Asiakas", [Roles.Customer], Password, TotpKey),
        new("helmi.hoidettava@example.fi", "Helmi Hoidettava", [Roles.Customer], Password, TotpKey),
    ];

    /// <summary>Who gives the service at this place of the list.</summary>
    public static DemoAccount GivenBy(int service) => Accounts[service <= 3 ? 0 : 1];

    /// <exception cref="StartupException">The database holds a practice that is not simulated.</exception>
    public static async Task SeedAsync(IServiceProvider services, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<PracticeDirectory>();
        if (await directory.FindAsync(cancel) is { } existing && existing.Environment != KantaEnvironment.Simulated)
        {
            throw new StartupException($"{existing.Name} works with a real archive: demonstration data and accounts are refused. Start without --demo.");
        }

        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var clock = scope.ServiceProvider.GetRequiredService<TimeProvider>();
        var company = Company();
        var pekka = Controller("Pekka Esimerkki Tmi", "self_employed", "1.2.246.10.99999999.19.1", "10");
        if (await SetUpPractice.HandleAsync(work, new SetUpPractice.Request
        {
            Name = "Hoitola Koivu (esittely)",
            Environment = KantaEnvironment.Simulated,
            OrganizationOid = OrganizationOid,
            JoinedArchiveOn = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-60),
            Controllers = [company, pekka],
        }, cancel))
        {
            directory.Forget();
            await AddCalendarAsync(work, company.Id, pekka.Id, cancel);
            await work.CommitAsync(cancel);
        }

        await scope.ServiceProvider.GetRequiredService<SeedDemoAccounts>().HandleAsync(Accounts, cancel);
    }

    /// <summary>The company that is the first controller.</summary>
    public static ControllerFacts Company() => Controller("Hoitola Koivu Oy", "company", "1.2.246.10.99999999.19.0", "3");

    private static async Task AddCalendarAsync(UnitOfWork work, Guid company, Guid selfEmployed, CancellationToken cancel)
    {
        var practiceId = await work.ScalarAsync<Guid>("select id from care.practice", cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        db.Add(new BookingRules
        {
            PracticeId = practiceId,
            Street = "Esimerkkikatu 1",
            PostalCode = "00100",
            City = "Helsinki",
            Phone = "09 1234 5678",
            Email = "hoitola@example.fi",
            CancelDeadlineMinutes = 12 * 60,
            MoveDeadlineMinutes = 12 * 60,
        });
        var services = DemoServices.All(practiceId);
        db.AddRange(services);
        Add(db, practiceId, _maija, company, ("Malli", "Maija Kaarina", "fysioterapeutti", "12345678901"), 1, (8, 17), new TimeOnly(12, 0), services[..3]);
        Add(db, practiceId, _pekka, selfEmployed, ("Esimerkki", "Pekka Juhani", "koulutettu hieroja", "12345678902"), 2, (10, 19), new TimeOnly(12, 30), services[3..]);
        await db.SaveChangesAsync(cancel);
    }

    private static void Add(
        BookingContext db, Guid practice, Guid id, Guid controller, (string Family, string Given, string Title, string Number) who, int place,
        (int From, int To) hours, TimeOnly lunch, Service[] gives)
    {
        var practitioner = new Practitioner
        {
            Id = id,
            ControllerId = controller,
            FamilyName = who.Family,
            GivenNames = who.Given,
            Title = who.Title,
            TerhikkiNumber = who.Number,
        };
        db.Add(new CalendarResource { Id = id, PracticeId = practice, Kind = ResourceKind.Practitioner, Name = practitioner.ShownName, Place = place });
        db.Add(practitioner);
        db.AddRange(gives.Select(s => new ServiceOffer { ServiceId = s.Id, PractitionerId = id }));
        db.AddRange(Enum.GetValues<DayOfWeek>().SelectMany(d => new[]
        {
            new WorkingHours { ResourceId = id, Weekday = d, Starts = new TimeOnly(IsWeekend(d) ? 9 : hours.From, 0), Ends = new TimeOnly(IsWeekend(d) ? 15 : hours.To, 0) },
            new WorkingHours { ResourceId = id, Weekday = d, Starts = lunch, Ends = lunch.AddMinutes(30), IsBreak = true },
        }));

        // Shorter, but open: whoever tries the program at a weekend finds free times too.
        static bool IsWeekend(DayOfWeek day) => day is DayOfWeek.Saturday or DayOfWeek.Sunday;
    }

    private static ControllerFacts Controller(string name, string kind, string oid, string register) => new(
        Guid.CreateVersion7(), name, kind, oid, OrganizationOid, "Hoitola Koivu", "1.2.246.10.99999999.10.1", "Vastaanotto",
        kind == "company" ? "1.2.246.10.99999999" : "1.2.246.10.99999998", register, "1.2.246.10.99999999.22");
}
