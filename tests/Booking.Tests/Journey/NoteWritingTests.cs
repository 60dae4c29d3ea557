using System.Net;
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
