using System.Globalization;
using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Services;
using Booking.SignIn;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Identity;

namespace Booking.Host.Demo;

/// <summary>
/// Two weeks of the demonstration practice's life, made behind the ready application through the use cases that people's clicks lead to, as the people
/// who would click. Times of visits and signatures lie in the past by a clock set back; the access log keeps its own. A start that was stopped on the way
/// is gone on with by the next one; once all is done, no start adds anything, on whatever day it falls.
/// </summary>
internal sealed class DemoLife(IServiceProvider services, DemoRoster roster, DemoLife.Archive archive, ILogger<DemoLife> logger) : BackgroundService
{
    /// <summary>Where the simulated archive's switches are; null without one.</summary>
    internal sealed record Archive(Uri? Switches);

    private readonly Dictionary<DemoPerson, Guid> _cards = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LiveAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("Demonstration data: stopped on the way, the next start goes on.");
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or InvalidOperationException or HttpRequestException)
        {
            logger.LogError(e, "Demonstration data are incomplete; the next start goes on.");
        }
    }

    private async Task LiveAsync(CancellationToken cancel)
    {
        if (await IsDoneAsync(cancel))
        {
            return;
        }

        TimeZoneInfo zone;
        await using (var scope = services.CreateAsyncScope())
        {
            zone = (await scope.ServiceProvider.GetRequiredService<PracticeDirectory>().GetAsync(cancel)).Zone;
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var today = WallTime.LocalDate(now.UtcDateTime, zone);
        var booked = new List<(DemoVisit Visit, Guid Appointment, DateTime Start)>();
        for (var place = 0; place < DemoWeeks.Visits.Count; place++)
        {
            var visit = DemoWeeks.Visits[place];
            var start = WallTime.ToInstant(Workday(today, visit.Workday), TimeOnly.Parse(visit.Time, CultureInfo.InvariantCulture), zone);
            if (await BookAsync(place, visit, start, now, cancel) is { } appointment)
            {
                booked.Add((visit, appointment, start));
            }
        }

        foreach (var (visit, appointment, start) in booked.Where(b => b.Start.AddHours(1) < now.UtcDateTime))
        {
            await HappenAsync(visit, appointment, new DateTimeOffset(start), cancel);
        }

        await LinkHelmiAsync(cancel);
    }

    // The last step: Helmi's account is linked to her card.
    private async Task<bool> IsDoneAsync(CancellationToken cancel)
    {
        await using var scope = await ActAsync(DemoPeople.Helmi.Email!, cancel);
        var services = scope.ServiceProvider;
        return await services.GetRequiredService<PortalLinks>().FindAsync(services.GetRequiredService<CurrentUser>().UserId!.Value, cancel) is not null;
    }

    // Null: what follows from it has happened at an earlier start.
    private async Task<Guid?> BookAsync(int place, DemoVisit visit, DateTime start, DateTimeOffset now, CancellationToken cancel)
    {
        await using var scope = await ActAsync("riitta.vastaanotto@example.fi", cancel);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var key = new Guid(0x0193aa01, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)place);
        var earlier = await work.QueryAsync(
            "select id, customer_id, status from booking.appointment where idempotency_key = $1",
            r => (Id: r.GetGuid(0), Customer: r.GetGuid(1), Status: r.GetString(2)), cancel, key);
        foreach (var (id, customer, status) in earlier)
        {
            _cards[visit.Person] = customer;
            return status is "booked" or "arrived" ? id : null;
        }

        var practitioner = DemoPractice.GivenBy(visit.Service);
        var row = (await work.QueryAsync(
            "select id, contact_mode from booking.service where place = $1", r => (Id: r.GetGuid(0), Contact: r.GetString(1)), cancel, visit.Service)).Single();
        await work.RollbackAsync();
        var person = visit.Person;
        var outcome = await scope.ServiceProvider.GetRequiredService<StaffBook>().HandleAsync(
            new StaffBook.Request
            {
                Key = key,
                ServiceId = row.Id,
                PractitionerId = practitioner.PractitionerId!.Value,
                Start = start,
                ContactMode = row.Contact == "phone" ? ContactMode.Phone : ContactMode.InPerson,
                CustomerId = _cards.TryGetValue(person, out var card) ? card : null,
                NewCustomer = new CustomerDetails
                {
                    FamilyName = person.Family,
                    GivenNames = person.Given,
                    CallName = person.Call,
                    Email = person.Email,
                    Phone = person.Phone,
                    Language = person.Language,
                },
                Notify = start > now.UtcDateTime,
            },
            cancel);
        if (outcome is not BookingOutcome.Booked made)
        {
            // Somebody booked this time a moment ago; hers stands.
            return null;
        }

        _cards[person] = await work.ScalarAsync<Guid>("select customer_id from booking.appointment where id = $1", cancel, made.AppointmentId);
        return made.AppointmentId;
    }

    private async Task HappenAsync(DemoVisit visit, Guid appointment, DateTimeOffset start, CancellationToken cancel)
    {
        await using var scope = await ActAsync(DemoPractice.GivenBy(visit.Service).Email, cancel);
        var change = scope.ServiceProvider.GetRequiredService<ChangeVisit>();
        switch (visit.Story)
        {
            case DemoStory.NoShow:
                await change.RecordAsync(appointment, AppointmentStatus.NoShow, cancel);
                return;
            case DemoStory.Cancelled:
                await change.CancelAsync(appointment, CancelledBy.Practice, notify: false, cancel);
                return;
            case DemoStory.Refused:
                await AskForRefusalAsync(visit.Person, cancel);
                break;
        }

        await DocumentAsync(new DemoCare(scope.ServiceProvider, start), visit, appointment, cancel);
    }

    private static async Task DocumentAsync(DemoCare care, DemoVisit visit, Guid appointment, CancellationToken cancel)
    {
        var opened = await care.OpenAsync(appointment, visit.Story == DemoStory.Series, cancel);
        if (opened.IsCare)
        {
            await care.RecordPersonAsync(opened, visit.Person, cancel);
        }

        if (visit.Text.Length > 0)
        {
            await care.WriteAsync(opened, visit.Text, sign: visit.Story != DemoStory.Draft, cancel);
        }

        await care.EndAsync(opened, cancel);
    }

    // The archive's answer to one document, as the simulator's switches give it; switches that somebody has set are left alone.
    private async Task AskForRefusalAsync(DemoPerson person, CancellationToken cancel)
    {
        if (archive.Switches is null)
        {
            return;
        }

        using var http = new HttpClient { BaseAddress = archive.Switches };
        var set = await http.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/faults", cancel);
        if (set.GetProperty("faults").GetArrayLength() == 0)
        {
            var match = new { patientId = person.IdentityCode, documentType = "1" };
            using var answer = await http.PostAsJsonAsync("/api/faults", new { faults = new[] { new { kind = "refuse", code = "SIM-F01", count = 1, match } } }, cancel);
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task LinkHelmiAsync(CancellationToken cancel)
    {
        var account = roster.Accounts.Single(a => a.Email == DemoPeople.Helmi.Email);
        string code;
        var patient = _cards[DemoPeople.Helmi].ToString();
        await using (var scope = await ActAsync(DemoPractice.Accounts[0].Email, cancel))
        {
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            if (await work.ScalarAsync<string>("select patient_id from care.portal_link where patient_id = $1", cancel, patient) is not null)
            {
                return;
            }

            code = await scope.ServiceProvider.GetRequiredService<PortalLinks>().HandOutCodeAsync(patient, cancel);
            var extras = scope.ServiceProvider.GetRequiredService<AdditionalData>();
            var controller = await work.ScalarAsync<Guid>("select controller_id from booking.practitioner where id = $1", cancel, DemoPractice.Accounts[0].PractitionerId!.Value);
            await extras.ProposeAsync(patient, controller, "Mieltymykset", "Hoitopöytä matalammalle, rauhallinen musiikki sopii.", cancel);
            var approved = await extras.ProposeAsync(patient, controller, "Harrastukset", "Uinti kahdesti viikossa, pihatyöt kesäisin.", cancel);
            await extras.DecideAsync(patient, approved.Value, approve: true, "practitioner_device", cancel);
            await work.CommitAsync(cancel);
        }

        await using (var scope = await ActAsync(account.Email, cancel))
        {
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            var user = scope.ServiceProvider.GetRequiredService<CurrentUser>();
            var linked = await scope.ServiceProvider.GetRequiredService<PortalLinks>().RedeemAsync(code, cancel);
            if (linked.Done && await LinkAccount.HandleAsync(work, user.UserId!.Value, patient, cancel))
            {
                await work.CommitAsync(cancel);
            }
        }
    }

    /// <summary>A scope in which the account's owner acts.</summary>
    private async Task<AsyncServiceScope> ActAsync(string email, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var scope = services.CreateAsyncScope();
        var demo = roster.Accounts.Single(a => a.Email == email);
        var account = await scope.ServiceProvider.GetRequiredService<UserManager<SignIn.Account>>().FindByEmailAsync(email)
            ?? throw new InvalidOperationException($"There is no demonstration account {email}.");
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(account.Id, demo.PersonName, SessionCookie.RoleOf(demo.Roles[0]), demo.PractitionerId);
        return scope;
    }

    // The practice is open from Monday to Friday, public holidays apart.
    private static DateOnly Workday(DateOnly today, int number)
    {
        var day = today;
        while (!IsOpen(day))
        {
            day = day.AddDays(1);
        }

        for (var left = Math.Abs(number); left > 0; left -= IsOpen(day) ? 1 : 0)
        {
            day = day.AddDays(Math.Sign(number));
        }

        return day;

        static bool IsOpen(DateOnly d) => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !FinnishHolidays.IsClosed(d);
    }
}
