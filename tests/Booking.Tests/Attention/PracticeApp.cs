using Booking.Customers;
using Booking.Host.Demo;
using Booking.Messages;
using Booking.SignIn;
using Booking.Tests.Host;
using Booking.Tests.SignIn;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Booking.Tests.Attention;

/// <summary>The running application with the demonstration practice, an administrator who is nothing else, a clock that tests move, and kept mails.</summary>
public class PracticeApp : BookingApp
{
    internal static readonly DemoAccount Maija = DemoPractice.Accounts[0], Pekka = DemoPractice.Accounts[1];

    internal static readonly DemoAccount Administrator = new("hallinto@example.fi", "Hanna Hallinto", [Roles.Administrator], DemoPractice.Password, DemoPractice.TotpKey);

    private readonly Dictionary<string, Browser> _browsers = [];

    internal TestClock Clock { get; } = new();

    internal RecordedMails Mails { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await DemoPractice.SeedAsync(Services, CancellationToken.None);
        await InScopeAsync(p => p.GetRequiredService<SeedDemoAccounts>().HandleAsync([Administrator], default));
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers.Values)
        {
            browser.Dispose();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Adjust(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IMailer>(Mails);
    }

    /// <summary>Signed in once: a one-time code works once.</summary>
    internal async Task<Browser> BrowserAsync(DemoAccount account)
    {
        if (!_browsers.TryGetValue(account.Email, out var browser))
        {
            browser = new Browser(Address.ToString());
            await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
            await browser.GetAsync("/account/second-factor");
            await browser.PostAsync("/account/second-factor", new() { ["Code"] = Totp.Code(account.TotpKey!, Totp.StepAt(Clock.GetUtcNow())) });
            _browsers[account.Email] = browser;
        }

        return browser;
    }

    internal async Task InScopeAsync(Func<IServiceProvider, Task> act)
    {
        await using var scope = Services.CreateAsyncScope();
        await act(scope.ServiceProvider);
    }

    internal async Task<T> AsAsync<T>(DemoAccount who, Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), who.PersonName, UserRole.Practitioner, who.PractitionerId);
        var result = await act(scope.ServiceProvider);
        await scope.ServiceProvider.GetRequiredService<UnitOfWork>().CommitAsync();
        return result;
    }

    internal async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var work = new UnitOfWork(DataSource);
        return (await work.ScalarAsync<T>(sql, default, parameters))!;
    }

    internal async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var work = new UnitOfWork(DataSource);
        await work.ExecuteAsync(sql, default, parameters);
        await work.CommitAsync();
    }

    /// <summary>A visit of a patient of its own, begun and ended this long ago.</summary>
    internal Task<VisitFacts> VisitAsync(DemoAccount who, TimeSpan ago, SeriesChoice series = SeriesChoice.OneVisit, bool care = true, VisitFacts? goesOnWith = null) =>
        AsAsync(who, async p =>
        {
            var work = p.GetRequiredService<UnitOfWork>();
            var patient = goesOnWith?.PatientId ?? await CustomerAsync();
            var controller = (await p.GetRequiredService<PracticeDirectory>().GetAsync()).Controllers.Single(c => c.Kind == (who == Pekka ? "self_employed" : "company")).Id;
            var visit = (await p.GetRequiredService<OpenVisit>().HandleAsync(
                new OpenVisit.Request
                {
                    PatientId = patient,
                    PractitionerId = who.PractitionerId!.Value,
                    ControllerId = controller,
                    ServiceName = care ? "Fysioterapia" : "Rentouttava hieronta",
                    IsCare = care,
                    ContactMode = "in_person",
                    StartedAt = Clock.GetUtcNow() - ago - TimeSpan.FromMinutes(45),
                    Series = series,
                    ServiceEventId = goesOnWith?.ServiceEventId,
                },
                default)).Value!;
            await p.GetRequiredService<EndVisit>().HandleAsync(visit.Id, default);
            await work.ExecuteAsync("update care.visit set ended_at = $2 where id = $1", default, visit.Id, Clock.GetUtcNow() - ago);
            return visit with { EndedAt = Clock.GetUtcNow() - ago };
        });

    internal Task<Draft> DraftAsync(DemoAccount who, VisitFacts visit, string text = "Selkä parempi.") => AsAsync(who, async p =>
    {
        var template = NoteTemplates.All.Single(t => t.Id == "physiotherapy");
        var content = new NoteContent
        {
            TemplateId = template.Id,
            View = template.View,
            Title = template.Title,
            Headings = [.. template.Headings.Select((h, i) => new NoteHeading { Stage = h.Stage.ToNoteCode(), Heading = h.Heading.ToNoteCode(), Text = i == 0 ? text : "" })],
        };
        return await p.GetRequiredService<Drafts>().BeginAsync(visit, content, null, default);
    });

    /// <returns>The note's id.</returns>
    internal Task<Guid> SignAsync(DemoAccount who, VisitFacts visit, Draft draft) => AsAsync(who, async p =>
    {
        await p.GetRequiredService<RecordPerson>().HandleAsync(
            new RecordPerson.Request { PatientId = visit.PatientId, ControllerId = visit.ControllerId, BirthDate = new DateOnly(1980, 5, 1), Sex = "2" }, default);
        var signed = await p.GetRequiredService<SignNote>().HandleAsync(draft.Id, draft.Revision, Guid.CreateVersion7(), default);
        return signed.Done ? signed.Value!.NoteId : throw new InvalidOperationException(string.Join(", ", signed.Refusals));
    });

    private async Task<string> CustomerAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var practice = await scope.ServiceProvider.GetRequiredService<PracticeDirectory>().GetAsync();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var card = await scope.ServiceProvider.GetRequiredService<CustomerCards>().PrepareAsync(
            practice.Id, BookingWorld.Aino(), CustomerSource.Staff, Clock.GetUtcNow().UtcDateTime, default);
        await using var db = await BookingContext.OnAsync(work, default);
        await CustomerCards.AddAsync(db, card, default);
        await db.SaveChangesAsync();
        await scope.ServiceProvider.GetRequiredService<BookingProjection>().PatientAsync(db, card.Customer.Id, default);
        await work.CommitAsync();
        return card.Customer.Id.ToString();
    }
}
