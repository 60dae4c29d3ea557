using System.Net;
using Booking.Attention;
using Booking.SignIn;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Attention;

public sealed class AttentionTests(PracticeApp app) : IClassFixture<PracticeApp>
{
    private const string Page = "/practice/attention";

    [Fact]
    public async Task List_FourStates_AreShownWithDaysLeftAndAlarmWhetherOrNotANoteExists()
    {
        var unwritten = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(96.5));
        var drafted = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(73));
        await app.DraftAsync(PracticeApp.Maija, drafted);
        var signed = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(25));
        await app.SignAsync(PracticeApp.Maija, signed, await app.DraftAsync(PracticeApp.Maija, signed));
        var items = await ItemsAsync(PracticeApp.Maija.PractitionerId!.Value);
        items.Where(i => i.Visit?.Id == unwritten.Id).Select(i => (i.State, i.Alarm)).ShouldBe([(AttentionState.NotWritten, 96)]);
        items.Where(i => i.Visit?.Id == drafted.Id).Select(i => (i.State, i.Alarm)).ShouldBe([(AttentionState.NotSigned, 72)]);
        items.Where(i => i.Visit?.Id == signed.Id).Select(i => (i.State, i.Alarm)).ShouldBe([(AttentionState.NotSent, 24)]);
        items.Select(i => i.Deadline).ShouldBe(items.Select(i => i.Deadline).Order());
        var browser = await app.BrowserAsync(PracticeApp.Maija);
        await browser.GetAsync(Page);
        browser.Html.ShouldContain("Kirjaamatta");
        browser.Html.ShouldContain("23 t jäljellä");
        browser.Html.ShouldContain("Hälytys: yli 96 t");
        browser.Html.ShouldContain("Arkiston osoitetta ei ole asetettu");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_OfAVisitWhoseOnlyNoteIsInvalidated_IsOpenAgainOnlyWhereCareWasGiven(bool careGiven)
    {
        var visit = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromDays(3));
        var note = await app.SignAsync(PracticeApp.Maija, visit, await app.DraftAsync(PracticeApp.Maija, visit));
        var done = await app.AsAsync(PracticeApp.Maija, p => p.GetRequiredService<InvalidateNote>().HandleAsync(
            new InvalidateNote.Request { NoteId = note, Reason = "Väärä asiakas", CareGiven = careGiven }, default));
        done.Done.ShouldBeTrue();
        var open = (await ItemsAsync(PracticeApp.Maija.PractitionerId!.Value)).Where(i => i.Visit?.Id == visit.Id && i.State == AttentionState.NotWritten);
        open.Count().ShouldBe(careGiven ? 1 : 0);
        await app.AsAsync(PracticeApp.Maija, async p =>
        {
            var records = await FiveDays.OpenAsync(p.GetRequiredService<UnitOfWork>(), null, null, 1000, default);
            records.Any(r => r.Visit.Id == visit.Id).ShouldBe(careGiven, "notices and counts ask the same");
            return 0;
        });
    }

    [Fact]
    public async Task List_OpenSeriesOldVisitsAndInvalidatedNotes_HideNothing_WellnessNeverShows()
    {
        var first = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromDays(400), SeriesChoice.NewSeries);
        var second = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromDays(1), SeriesChoice.Continue, goesOnWith: first);
        var wellness = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromDays(2), care: false);
        var wrong = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromDays(3));
        var note = await app.SignAsync(PracticeApp.Maija, wrong, await app.DraftAsync(PracticeApp.Maija, wrong));
        await app.AsAsync(PracticeApp.Maija, p => p.GetRequiredService<InvalidateNote>().HandleAsync(new InvalidateNote.Request { NoteId = note, Reason = "Väärä asiakas" }, default));
        var items = await ItemsAsync(PracticeApp.Maija.PractitionerId!.Value);
        items.Count(i => i.Visit?.Id == first.Id && i.State == AttentionState.NotWritten).ShouldBe(1);
        items.Count(i => i.Visit?.Id == second.Id && i.State == AttentionState.NotWritten).ShouldBe(1);
        items.Count(i => i.Visit?.Id == wrong.Id && i.State == AttentionState.NotWritten).ShouldBe(1);
        items.ShouldNotContain(i => i.Visit != null && i.Visit.Id == wellness.Id);
    }

    [Fact]
    public async Task List_PractitionerSeesHerOwn_AdministratorAllWithoutCustomers_OthersNothing()
    {
        var hers = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(3));
        var his = await app.VisitAsync(PracticeApp.Pekka, TimeSpan.FromHours(4));
        (await ItemsAsync(PracticeApp.Pekka.PractitionerId!.Value)).Select(i => i.Visit?.Id).ShouldNotContain(hers.Id);
        var pekka = await app.BrowserAsync(PracticeApp.Pekka);
        await pekka.GetAsync(Page);
        pekka.Html.ShouldContain(his.Id.ToString());
        pekka.Html.ShouldNotContain(hers.Id.ToString());
        (await pekka.GetAsync($"{Page}/visit/{hers.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var administrator = await app.BrowserAsync(PracticeApp.Administrator);
        await administrator.GetAsync(Page);
        administrator.Html.ShouldContain(hers.Id.ToString());
        administrator.Html.ShouldContain(his.Id.ToString());
        administrator.Html.ShouldContain("Pekka Esimerkki");
        administrator.Html.ShouldNotContain("Virtanen");
        using var stranger = app.NewClient();
        (await stranger.GetAsync(new Uri(Page, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Draft_OfSomebodyWhoHasLeft_IsShownToColleaguesAndTakenOver()
    {
        var left = await PractitionerAsync("Lea Lähtenyt");
        var visit = await app.VisitAsync(left, TimeSpan.FromHours(30));
        var draft = await app.DraftAsync(left, visit);
        (await ItemsAsync(PracticeApp.Maija.PractitionerId!.Value)).ShouldNotContain(i => i.DraftId == draft.Id);
        await app.ExecuteAsync("update booking.calendar_resource set active = false where id = $1", left.PractitionerId!.Value);
        (await ItemsAsync(PracticeApp.Maija.PractitionerId.Value)).ShouldContain(i => i.DraftId == draft.Id);
        (await ItemsAsync(PracticeApp.Pekka.PractitionerId!.Value)).ShouldNotContain(i => i.DraftId == draft.Id);

        var browser = await app.BrowserAsync(PracticeApp.Maija);
        await browser.GetAsync(Page);
        browser.Html.ShouldContain("Ei enää töissä");
        Dictionary<string, string> form = new() { ["draft"] = draft.Id.ToString(), ["author"] = left.PractitionerId.Value.ToString() };
        var pekka = await app.BrowserAsync(PracticeApp.Pekka);
        await pekka.GetAsync(Page);
        (await pekka.PostAsync(Page + "?handler=TakeOver", form)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await browser.GetAsync(Page);
        (await browser.PostAsync(Page + "?handler=TakeOver", form)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        browser.Location.ShouldBe($"/practice/note/{draft.Id}");
        (await browser.GetAsync(browser.Location)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.ScalarAsync<long>("select count(*) from care.access_leaf where detail like 'taken over%'")).ShouldBe(1);
    }

    [Fact]
    public async Task Settle_VisitOpenedByMistake_EndsItsClockWithAReasonThatIsEncrypted()
    {
        var visit = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(5));
        var browser = await app.BrowserAsync(PracticeApp.Maija);
        await browser.GetAsync($"{Page}/visit/{visit.Id}");
        await browser.PostAsync($"{Page}/visit/{visit.Id}", new() { ["Reason"] = " " });
        browser.Html.ShouldContain("Kirjoita syy");
        await browser.PostAsync($"{Page}/visit/{visit.Id}", new() { ["Reason"] = "Avattiin vahingossa" });
        browser.Location.ShouldBe(Page + "?done=settled");
        (await ItemsAsync(PracticeApp.Maija.PractitionerId!.Value)).ShouldNotContain(i => i.Visit != null && i.Visit.Id == visit.Id);
        System.Text.Encoding.Latin1.GetString((await app.ScalarAsync<byte[]>("select settled_reason from care.visit where id = $1", visit.Id))!).ShouldNotContain("vahingossa");
    }

    [Fact]
    public async Task Refused_ForThePerson_SaysWhyAndWhereInPlainWords_AndIsBuiltAnewOnce()
    {
        var (visit, document) = await RefusedAsync("SIM-C06", contentRefused: true);
        var browser = await app.BrowserAsync(PracticeApp.Maija);
        await browser.GetAsync(Page);
        browser.Html.ShouldContain("Potilaan tunnus tai henkilötiedot eivät kelpaa arkistolle.");
        var path = $"{Page}/document/{document}";
        await browser.GetAsync(path);
        browser.Html.ShouldContain("SIM-C06");
        browser.Html.ShouldContain($"/practice/visit/{visit.Id}/person");
        await browser.GetAsync(path + "?lang=sv");
        browser.Html.ShouldContain("Patientens beteckning");
        await browser.GetAsync(path + "?lang=fi");
        var before = browser.Html;
        await browser.PostAsync(path + "?handler=Resend", []);
        browser.Location.ShouldBe(Page + "?done=resent");
        (await app.ScalarAsync<string>("select state || content_refused || (signed_at is null) from kanta.document where id = $1", document)).ShouldBe("queuedfalsetrue");
        var leaves = "select count(*) from care.access_leaf where detail = 'sent to the archive again' and resource_id = (select oid from kanta.document where id = $1)";
        (await app.ScalarAsync<long>(leaves, document)).ShouldBe(1);
        // The same form once more, as by a double click.
        await browser.PostAsync(path + "?handler=Resend", new() { ["Key"] = System.Text.RegularExpressions.Regex.Match(before, "name=\"Key\"[^>]*value=\"([^\"]+)").Groups[1].Value });
        (await app.ScalarAsync<long>(leaves, document)).ShouldBe(1);
    }

    [Fact]
    public async Task Refused_MarkedAsHandledElsewhere_KeepsTheReasonAndTheRightsOfOthers()
    {
        var (_, document) = await RefusedAsync("XYZ-1", contentRefused: true);
        var path = $"{Page}/document/{document}";
        var pekka = await app.BrowserAsync(PracticeApp.Pekka);
        await pekka.GetAsync(Page);
        (await pekka.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await pekka.GetAsync(Page);
        (await pekka.PostAsync(path + "?handler=Handled", new() { ["Reason"] = "x" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var administrator = await app.BrowserAsync(PracticeApp.Administrator);
        await administrator.GetAsync(path);
        administrator.Html.ShouldContain("jota tämä ohjelma ei tunne");
        administrator.Html.ShouldNotContain("Virtanen");
        await administrator.PostAsync(path + "?handler=Handled", new() { ["Reason"] = "Arkistoitu toisesta järjestelmästä" });
        administrator.Location.ShouldBe(Page + "?done=handled");
        (await app.ScalarAsync<string>("select state || '/' || handled_by from kanta.document where id = $1", document)).ShouldBe("handled/Hanna Hallinto");
    }

    [Fact]
    public async Task Refused_ThenCorrected_TheCorrectionGoesAsANewDocument()
    {
        var (visit, document) = await RefusedAsync("SIM-D14", contentRefused: true);
        var note = await app.ScalarAsync<Guid>("select note_id from kanta.document where id = $1", document);
        await app.AsAsync(PracticeApp.Maija, async p =>
        {
            var current = (await p.GetRequiredService<SignedNotes>().FindAsync(p.GetRequiredService<UnitOfWork>(), note, 1, default))!;
            var drafts = p.GetRequiredService<Drafts>();
            var draft = await drafts.BeginAsync(visit, current.Content, new SignNote.Key(note, 1), default);
            await drafts.SaveAsync(draft.Id, draft.Revision, current.Content, "Korjattu arkistoa varten", default);
            var signed = await p.GetRequiredService<SignNote>().HandleAsync(draft.Id, draft.Revision + 1, Guid.CreateVersion7(), default);
            signed.Refusals.ShouldBeEmpty();
            return signed;
        });
        (await app.ScalarAsync<string>("select state from kanta.document where id = $1", document)).ShouldBe("superseded");
        (await app.ScalarAsync<string>("select state || version || (set_id = oid) from kanta.document where note_id = $1 and note_version = 2", note)).ShouldBe("queued1true");
    }

    [Fact]
    public async Task Health_OfTheArchive_IsOneWord()
    {
        await app.Services.GetRequiredService<AttentionWatch>().LookAsync(default);
        using var answer = await app.Client.GetAsync(new Uri("/health/archive", UriKind.Relative), TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Unhealthy");
    }

    private async Task<IReadOnlyList<AttentionItem>> ItemsAsync(Guid practitioner) => await app.AsAsync(PracticeApp.Maija, async p =>
    {
        var list = p.GetRequiredService<AttentionList>();
        return await list.ReadAsync((await list.ScopeOfAsync(practitioner, default))!, 1000, default);
    });

    private async Task<(VisitFacts Visit, Guid Document)> RefusedAsync(string code, bool contentRefused)
    {
        var visit = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(26));
        var note = await app.SignAsync(PracticeApp.Maija, visit, await app.DraftAsync(PracticeApp.Maija, visit));
        var document = await app.ScalarAsync<Guid>("select id from kanta.document where note_id = $1", note);
        await app.ExecuteAsync(
            """
            update kanta.document set state = 'refused', reason = $2 || ' text', codes = jsonb_build_array(jsonb_build_object('Code', $2, 'Text', 'text', 'IsError', true)),
              signed_at = now(), sha256 = '\x00', content_refused = $3 where id = $1
            """,
            document, code, contentRefused);
        return (visit, document);
    }

    private async Task<DemoAccount> PractitionerAsync(string name)
    {
        var id = Guid.CreateVersion7();
        var parts = name.Split(' ');
        await app.AsAsync(PracticeApp.Maija, async p =>
        {
            var practice = await p.GetRequiredService<CareRecords.Practice.PracticeDirectory>().GetAsync();
            return await p.GetRequiredService<Services.SavePractitioner>().HandleAsync(
                new Services.SavePractitioner.Request
                {
                    Id = id,
                    IsNew = true,
                    ControllerId = practice.Controllers.Single(c => c.Kind == "company").Id,
                    GivenNames = parts[0],
                    FamilyName = parts[1],
                    Title = "fysioterapeutti",
                },
                default);
        });
        return new DemoAccount($"{id:N}@example.fi", name, ["practitioner"], "", null, id);
    }
}
