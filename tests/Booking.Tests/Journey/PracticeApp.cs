using System.Globalization;
using Booking.Availability;
using Booking.Host.Demo;
using Booking.Messages;
using Booking.Services;
using Booking.SignIn;
using Booking.Tests.Host;
using Booking.Tests.SignIn;
using CareRecords.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Booking.Tests.Journey.PracticeApp))]

namespace Booking.Tests.Journey;

/// <summary>
/// The application with the demonstration practice: Maija (the company's physiotherapist) and Pekka (self-employed, a controller of his own). Shared by
/// the tests, each of which makes its own customers, accounts and times.
/// </summary>
public class PracticeApp : BookingApp
{
    private const string Password = "neljä-outoa-sanaa-rivissä";
    private int _minutes;

    internal MailBox Mail { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await DemoPractice.SeedAsync(Services, default);
    }

    protected override void Adjust(WebApplicationBuilder builder)
    {
        builder.Configuration["Booking:ViewsPerMinute"] = builder.Configuration["Booking:PostsPerMinute"] = "100000";
        builder.Services.AddSingleton<IMailer>(Mail);
    }

    /// <summary>Somebody without an account.</summary>
    internal Caller Visitor(string language = "fi") => new(Address, language);

    /// <summary>A colleague of Maija's, without hours to be booked online.</summary>
    internal async Task<Caller> PhysiotherapistAsync(string language = "fi") =>
        await SignedInAsync(Roles.Practitioner, language, practitioner: await ColleagueAsync(Guid.Parse("0193aa00-0000-7000-8000-000000000001")));

    /// <summary>Somebody who works for Pekka: of another controller than the physiotherapists.</summary>
    internal async Task<Caller> MasseurAsync() =>
        await SignedInAsync(Roles.Practitioner, practitioner: await ColleagueAsync(Guid.Parse("0193aa00-0000-7000-8000-000000000002")));

    /// <summary>A new account in this role, signed in by the pages.</summary>
    internal async Task<Caller> SignedInAsync(string role, string language = "fi", Guid? practitioner = null, string? email = null)
    {
        var account = new DemoAccount(email ?? $"{Guid.NewGuid():N}@example.fi", "Testi Testinen", [role], Password, Totp.NewKey(), practitioner);
        await using (var scope = Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<SeedDemoAccounts>().HandleAsync([account], default);
        }

        var caller = new Caller(Address, language) { Email = account.Email, Practitioner = practitioner, TotpKey = account.TotpKey! };
        await caller.GetAsync("/account/sign-in");
        await SignInAgainAsync(caller);
        return caller.Address.StartsWith("/account/", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"Sign-in ended at {caller.Address}.")
            : caller;
    }

    /// <summary>Ends the sessions of the caller's account as time does.</summary>
    internal async Task ExpireSessionAsync(Caller caller) => await ScalarAsync<int>(
        "update identity.session s set seen_at = now() - interval '10 hours' from identity.account a where a.id = s.account_id and a.practitioner_id = $1",
        caller.Practitioner!.Value);

    /// <summary>Fills in the sign-in pages from the one that the caller stands on; she then stands where they led.</summary>
    internal static async Task SignInAgainAsync(Caller caller)
    {
        await caller.SendAsync(caller.Form("Password").Set("Email", caller.Email).Set("Password", Password));
        var step = Totp.StepAt(DateTimeOffset.UtcNow) + caller.SignIns++;
        await caller.SendAsync(caller.Form("Code").Set("Code", Totp.Code(caller.TotpKey, step)));
    }

    private async Task<Guid> ColleagueAsync(Guid of)
    {
        await using var scope = Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await using var db = await BookingContext.OnAsync(work, default);
        var known = await db.Practitioners.AsNoTracking().SingleAsync(p => p.Id == of);
        var resource = new CalendarResource
        {
            PracticeId = await db.Resources.Where(r => r.Id == of).Select(r => r.PracticeId).SingleAsync(),
            Kind = ResourceKind.Practitioner,
            Name = "Kollega",
        };
        db.Add(resource);
        db.Add(new Practitioner
        {
            Id = resource.Id,
            ControllerId = known.ControllerId,
            FamilyName = "Kollega",
            GivenNames = "Kaisa",
            Title = known.Title,
            TerhikkiNumber = string.Create(CultureInfo.InvariantCulture, $"9{Random.Shared.NextInt64(10_000_000_000):D10}"),
        });
        db.AddRange((await db.Offers.AsNoTracking().Where(o => o.PractitionerId == of).ToListAsync())
            .Select(o => new ServiceOffer { ServiceId = o.ServiceId, PractitionerId = resource.Id }));
        await db.SaveChangesAsync();
        await work.CommitAsync();
        return resource.Id;
    }

    /// <summary>A physiotherapy, by a physiotherapist of its own who works every day but holidays: no other test takes its times.</summary>
    internal async Task<Guid> OwnServiceAsync()
    {
        var id = await ColleagueAsync(Guid.Parse("0193aa00-0000-7000-8000-000000000001"));
        await using var scope = Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await using var db = await BookingContext.OnAsync(work, default);
        var service = new Service
        {
            PracticeId = await db.Resources.Where(r => r.Id == id).Select(r => r.PracticeId).SingleAsync(),
            NameFi = "Fysioterapia (oma)",
            NameSv = "Fysioterapi (egen)",
            NameEn = "Physiotherapy (own)",
            Place = 100,
            DurationMinutes = 45,
            PriceCents = 7800,
            Vat = VatTreatment.ExemptHealth,
            IsCare = true,
            GridMinutes = 60,
        };
        db.AddRange(service, new ServiceOffer { ServiceId = service.Id, PractitionerId = id });
        db.AddRange(Enum.GetValues<DayOfWeek>().Select(d => new WorkingHours { ResourceId = id, Weekday = d, Starts = new TimeOnly(8, 0), Ends = new TimeOnly(16, 0) }));
        await db.SaveChangesAsync();
        await work.CommitAsync();
        return service.Id;
    }

    /// <summary>A local time in the past weeks that no other test uses, as staff write up a visit afterwards.</summary>
    internal DateTime PastTime() => Steps.Today.AddDays(-3).AddMinutes(-5 * Interlocked.Increment(ref _minutes));

    /// <summary>First column of the first row, by the application's role.</summary>
    internal async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync() is T found ? found : default;
    }
}
