using System.Net;
using System.Text;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Terminology;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>Writing a note while things go wrong: nothing is lost and nothing is overwritten.</summary>
public sealed class NoteWritingTests(PracticeApp app)
{
    [Fact]
    public async Task SecondTab_WithTheSameDraft_IsTold_AndOverwritesNothing()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var draft = await practitioner.BeginsNoteAsync(await app.CareVisitAsync(practitioner), "Alku");
        var old = practitioner.Form("Revision");
        await practitioner.WritesAsync("Ensimmäinen välilehti", "Save");

        foreach (var handler in new[] { "Save", "Sign" })
        {
            var stale = old.Set(old.TextAreas[0], "Toinen välilehti");
            stale.Action = $"{draft}?handler={handler}";
            await practitioner.SendAsync(stale);
            practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            practitioner.Main.ShouldContain("Luonnosta on muutettu toisessa välilehdessä.");
            practitioner.Text.ShouldContain("Ensimmäinen välilehti", customMessage: "what the other tab saved");
            practitioner.Text.ShouldContain("Toinen välilehti", customMessage: "what this tab sent");
        }

        await practitioner.GetAsync(draft);
        practitioner.Text.ShouldContain("Ensimmäinen välilehti");
        practitioner.Text.ShouldNotContain("Toinen välilehti");
    }

    [Fact]
    public async Task Reasons_OfTheImportedTables_AreFoundByCodeOrWords_AndSigned()
    {
        // With the names of the built-in ones, so that other tests see no difference.
        await ImportsAsync("1.2.246.537.6.31.2007", "L01;Niskan oire/vaiva\nL03;Alaselän oire/vaiva\nL08;Olkapään oire/vaiva\nL15;Polven oire/vaiva\nN01;Päänsärky\nL84;Selkäsyndrooma\n");
        await ImportsAsync("1.2.246.537.6.1.1999", "M54.5;Lanneselän kipu\n");
        using var practitioner = await app.PhysiotherapistAsync();
        await practitioner.BeginsNoteAsync(await app.CareVisitAsync(practitioner), "Selkä on kipeä.");
        var search = practitioner.Form("Revision").Fields.Keys.First(key => key.EndsWith(".Search", StringComparison.Ordinal));
        var reasons = search.Replace(".Search", ".Reasons", StringComparison.Ordinal);

        await practitioner.WritesAsync(null, "Search", (search, "selkäsyn"));
        practitioner.Main.ShouldContain("ICPC-2 L84");
        practitioner.Text.ShouldContain("Selkä on kipeä.");
        await practitioner.WritesAsync(null, "Search", (search, "m54"));
        practitioner.Main.ShouldContain("ICD-10 M54.5");
        await practitioner.WritesAsync(null, "Save", (reasons, "http://hl7.org/fhir/sid/icd-10|M54.5"));
        practitioner.Main.ShouldContain("Lanneselän kipu");
        await practitioner.WritesAsync(null, "Sign");
        practitioner.Address.ShouldContain("/practice/signed/");
        practitioner.Main.ShouldContain("Lanneselän kipu");

        var note = Steps.IdOf(practitioner.Address);
        var reasonsStored = new List<string?>();
        foreach (var stored in (await app.ScalarAsync<string[]>("select array_agg(id) from care.resource where type = 'Condition' and id like $1", note + "%"))!)
        {
            reasonsStored.Add((string?)(await app.ResourceAsync("Condition", stored))!["code"]!["coding"]![0]!["code"]);
        }

        reasonsStored.ShouldContain("M54.5");
        await using var scope = app.Services.CreateAsyncScope();
        var id = await app.ScalarAsync<Guid>("select id from kanta.document where note_id = $1", note);
        var document = await scope.ServiceProvider.GetRequiredService<FieldCipher>().DecryptAsync(
            new FieldPlace("kanta.document.body", id.ToString("N")), (await app.ScalarAsync<byte[]>("select body from kanta.document where id = $1", id))!);
        Encoding.UTF8.GetString(document!).ShouldContain("code=\"M54.5\" codeSystem=\"1.2.246.537.6.1.1999\"");
    }

    private async Task ImportsAsync(string oid, string lines)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var user = scope.ServiceProvider.GetRequiredService<CurrentUser>();
        user.Become(Guid.CreateVersion7(), "Testi", UserRole.Administrator);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await ImportCodes.HandleAsync(
            work, user, scope.ServiceProvider.GetRequiredService<AccessLog>(),
            new ImportCodes.Request { Oid = oid, Name = oid, Language = "fi", Source = "test", Codes = CodeFile.Read(Encoding.UTF8.GetBytes("CodeId;ShortName\n" + lines)) }, default);
        await work.CommitAsync();
        app.Services.GetRequiredService<CodeTables>().Forget();
    }

    [Fact]
    public async Task Sign_DoubleClick_SignsOnce_AndBothLeadToTheNote()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var draft = await practitioner.BeginsNoteAsync(await app.CareVisitAsync(practitioner));
        var form = practitioner.Form("Revision");
        HttpRequestMessage Click() => new(HttpMethod.Post, $"{draft}?handler=Sign") { Content = new FormUrlEncodedContent(form.Fields) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => practitioner.RawAsync(Click())));
        answers.Select(a => (a.StatusCode, a.Headers.Location?.OriginalString)).Distinct().Count()
            .ShouldBe(1, string.Join(", ", answers.Select(a => $"{a.StatusCode} {a.Headers.Location}")));
        answers[0].StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await app.ScalarAsync<long>("select count(*) from care.note_version where draft_id = $1", Steps.IdOf(draft))).ShouldBe(1);

        (await practitioner.GetAsync(draft)).Address.ShouldContain("/practice/signed/", customMessage: "the back button leads to what was signed");
    }

    [Fact]
    public async Task ExpiredSession_InTheMiddleOfANote_LosesNothing()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var draft = await practitioner.BeginsNoteAsync(await app.CareVisitAsync(practitioner), "Alku");
        await app.ExpireSessionAsync(practitioner);

        await practitioner.WritesAsync("Pitkä teksti, jota ei saa menettää", "Save");
        practitioner.Address.ShouldStartWith("/account/sign-in");
        await PracticeApp.SignInAgainAsync(practitioner);
        practitioner.Address.ShouldStartWith("/account/resume");
        await practitioner.SendAsync(practitioner.Form("Revision"));
        practitioner.Address.ShouldStartWith(draft);
        practitioner.Text.ShouldContain("Pitkä teksti, jota ei saa menettää");
        (await practitioner.GetAsync(draft)).Text.ShouldContain("Pitkä teksti, jota ei saa menettää");
    }

    [Fact]
    public async Task Sign_WithWrongFacts_SaysSoAtTheFieldOfTheFact_AndKeepsTheText()
    {
        using var practitioner = await app.PhysiotherapistAsync("en");
        await practitioner.BeginsNoteAsync(await app.CareVisitAsync(practitioner));
        var pain = practitioner.Find("<label class=\"label\" for=\"([^\"]*)\">[^<]*0–10");
        var name = practitioner.Find($"<input[^>]*id=\"{pain}\"[^>]*name=\"([^\"]*)\"");
        await practitioner.WritesAsync(Steps.Finding, "Sign", (name, "eleven"));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt(name)!.ShouldContain("The value is out of bounds.");
        practitioner.Text.ShouldContain("eleven");
        practitioner.Text.ShouldContain(Steps.Finding);
    }

    [Fact]
    public async Task Draft_IsPrivate_ToAColleagueItDoesNotExist()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var colleague = await app.PhysiotherapistAsync();
        var visit = await app.CareVisitAsync(practitioner);
        var draft = await practitioner.BeginsNoteAsync(visit, "Vain minun");
        (await colleague.GetAsync(draft)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await colleague.GetAsync(visit)).Text.ShouldNotContain(draft);
    }
}
