using System.Net;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

public sealed class CorrectionTests(PracticeApp app)
{
    private const string Right = "Polven koukistus 120 astetta.";

    [Fact]
    public async Task Invalidate_OnTheWrongCustomer_ReentersTheTextOnTheRightOne_AndLogsOnBothSides()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var wrongVisit = await app.CareVisitAsync(practitioner, family: "Väärä");
        var rightVisit = await app.CareVisitAsync(practitioner, family: "Oikea");
        var note = await practitioner.SignsNoteAsync(wrongVisit);

        await practitioner.GetAsync($"/practice/signed/{note}");
        var form = practitioner.Form("Invalidate").Set("RightVisit", Steps.IdOf(rightVisit).ToString());
        await practitioner.SendAsync(form.Set("Reason", "Väärä asiakas"));
        practitioner.ErrorAt("CareGiven").ShouldBe("Valitse, jääkö käynti kirjattavaksi.");
        practitioner.Text.ShouldContain("value=\"Väärä asiakas\"");
        await practitioner.SendAsync(form.Set("Reason", " ").Set("CareGiven", "false"));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("Reason").ShouldBe("Kirjoita syy (enintään 500 merkkiä).");
        await practitioner.SendAsync(practitioner.Form("Invalidate").Set("RightVisit", Steps.IdOf(rightVisit).ToString()).Set("Reason", "Väärä asiakas").Set("CareGiven", "false"));

        practitioner.Address.ShouldContain("/practice/note/");
        practitioner.Main.ShouldContain("Oikea");
        practitioner.Text.ShouldContain(Steps.Finding);
        await practitioner.WritesAsync(null, "Sign");
        practitioner.Address.ShouldContain("/practice/signed/");
        practitioner.Main.ShouldContain("Oikea");

        Authors(await app.QueuedAsync(note, 2)).ShouldBe([("MIT", "Kollega")]);
        ((string?)(await app.ResourceAsync("Composition", note.ToString()))!["status"]).ShouldBe("entered-in-error");
        await practitioner.GetAsync($"/practice/signed/{note}");
        practitioner.Main.ShouldContain("Mitätöity");
        practitioner.Main.ShouldContain("Väärä asiakas");
        practitioner.Main.ShouldContain(Steps.Finding, customMessage: "the invalidated wording stays readable for the practice");
        (await LogAsync(wrongVisit)).ShouldContain("invalidate Composition");
        var right = await LogAsync(rightVisit);
        right.ShouldContain("create Draft taken over from a note that was signed on the wrong customer");
        right.ShouldContain("sign Composition");
    }

    [Fact]
    public async Task VisitOpenedOnTheWrongCustomer_GoesOverToTheRightOne_WithDraftAndPerson_AndLogsOnBothSides()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var booking = await app.AddsVisitAsync(practitioner, family: "Väärä");
        var wrong = await practitioner.OpensVisitAsync(booking);
        var code = Steps.IdentityCode();
        await practitioner.RecordsPersonAsync(wrong, code);
        await practitioner.BeginsNoteAsync(wrong, "Polvi turvonnut.");
        await practitioner.GetAsync(wrong);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", "Toiveet").Set("Extra.Text", "Hiljainen huone."));
        await practitioner.SendAsync(practitioner.Form("LinkCode"));
        var linkCode = practitioner.Find("data-link-code[^>]*>([^<]*)<").Trim();
        var right = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, family: "Oikea"));

        await practitioner.GetAsync(wrong);
        await practitioner.SendAsync(practitioner.Form("MistakeReason").Set("MistakeReason", "Väärä asiakas"));
        practitioner.ErrorAt("RightVisit").ShouldBe("Valitse käynti, jolle luonnoksesi siirretään, tai poista luonnokset ensin.");
        await practitioner.SendAsync(practitioner.Form("MistakeReason").Set("RightVisit", Steps.IdOf(right).ToString()));
        practitioner.Address.ShouldBe(right);
        practitioner.Main.ShouldContain(code[..7], customMessage: "the person's data came along");
        practitioner.Main.ShouldContain("Toiveet", customMessage: "and what waits for the customer's answer");
        (await ProposedAsync(wrong), await ProposedAsync(right)).ShouldBe((0, 1));
        await practitioner.GetAsync(practitioner.Find("href=\"(/practice/note/[^\"]*)\""));
        practitioner.Text.ShouldContain("Polvi turvonnut.");
        await practitioner.WritesAsync(null, "Sign");
        practitioner.Address.ShouldContain("/practice/signed/");

        ((string?)(await app.ResourceAsync("Encounter", Steps.IdOf(wrong).ToString()))!["status"]).ShouldBe("entered-in-error");
        ((string?)(await app.ResourceAsync("Appointment", booking.ToString()))!["status"]).ShouldBe("booked");
        (await app.ScalarAsync<long>("select count(*) from care.person p join care.visit v on v.patient_id = p.patient_id where v.id = $1", Steps.IdOf(wrong))).ShouldBe(0);
        (await LogAsync(wrong)).ShouldContain("delete Draft");
        (await LogAsync(wrong)).ShouldContain("update Patient personal data recorded on the wrong customer taken back");
        (await LogAsync(right)).ShouldContain("create Draft taken over from a visit that was opened on the wrong customer");
        using var customer = await app.SignedInAsync(Roles.Customer);
        await customer.GetAsync("/my");
        await customer.SendAsync(customer.Form("Code").Set("Code", linkCode));
        customer.ErrorAt("Code").ShouldNotBeNull("a code that went to somebody else opens nothing");
        (await practitioner.GetAsync(await practitioner.OpensVisitAsync(booking))).Address.ShouldNotBe(wrong, "the booking can be opened again");
    }

    [Fact]
    public async Task CodeCorrectedAfterSigning_TheEventIsBegunAnew_AndSignedUnderTheRightCode()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var (wrong, right) = (Steps.IdentityCode(), Steps.IdentityCode());
        var visit = await app.CareVisitAsync(practitioner, wrong);
        var note = await practitioner.SignsNoteAsync(visit);
        var former = await app.ScalarAsync<Guid>("select service_event_id from care.visit where id = $1", Steps.IdOf(visit));
        await practitioner.GetAsync(visit);
        practitioner.Main.ShouldNotContain("aiemman henkilötunnuksen");

        await practitioner.RecordsPersonAsync(visit, right);
        practitioner.Address.ShouldEndWith("/person");
        practitioner.Main.ShouldContain("Arkistossa aiemman henkilötunnuksen alla");
        await practitioner.BeginsNoteAsync(visit, Right);
        await practitioner.WritesAsync(Right, "Sign");
        practitioner.Main.ShouldContain("Siirrä se ensin oikean tunnuksen alle", customMessage: "nothing more is signed into somebody else's record");

        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("RenewReason"));
        practitioner.ErrorAt("RenewReason").ShouldBe("Kirjoita syy (enintään 500 merkkiä).");
        await practitioner.SendAsync(practitioner.Form("RenewReason").Set("RenewReason", "Väärä henkilötunnus"));
        practitioner.Address.ShouldBe(visit);
        practitioner.Main.ShouldNotContain("aiemman henkilötunnuksen");
        practitioner.Main.ShouldContain("Mitätöity");
        var renewed = await app.ScalarAsync<Guid>("select service_event_id from care.visit where id = $1", Steps.IdOf(visit));
        renewed.ShouldNotBe(former);
        ((string?)(await app.ResourceAsync("Encounter", former.ToString()))!["status"]).ShouldBe("entered-in-error");
        ((string?)(await app.ResourceAsync("Encounter", Steps.IdOf(visit).ToString()))!["partOf"]!["reference"]).ShouldBe($"Encounter/{renewed}");
        (await app.ScalarAsync<long>("select count(*) from kanta.document where kind = 'invalidation' and service_event_id = $1", former)).ShouldBe(2, "the note and its event");
        (await app.QueuedAsync(note, 1)).ShouldContain(wrong, customMessage: "what was built before never changes");

        await practitioner.GetAsync(practitioner.Find("href=\"(/practice/note/[^\"]*)\""));
        await practitioner.WritesAsync(null, "Sign");
        practitioner.Address.ShouldContain("/practice/signed/", customMessage: practitioner.Main);
        var anew = await app.QueuedAsync(Steps.IdOf(practitioner.Address.Split('?')[0]), 1);
        anew.ShouldContain(right);
        anew.ShouldNotContain(wrong);
        (await LogAsync(visit)).ShouldContain("update Patient identity code changed");
        (await LogAsync(visit)).ShouldContain("update Encounter service event begun anew under the corrected identity code");
    }

    [Fact]
    public async Task VisitOfASeriesOpenedByMistake_IsTakenBackAlone()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var first = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner), "series");
        var customer = Guid.Parse((await app.ScalarAsync<string>("select patient_id from care.visit where id = $1", Steps.IdOf(first)))!);
        var serviceEvent = await app.ScalarAsync<Guid>("select service_event_id from care.visit where id = $1", Steps.IdOf(first));
        var second = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer), serviceEvent.ToString());
        await practitioner.SendAsync(practitioner.Form("MistakeReason").Set("MistakeReason", "Avattu vahingossa"));
        practitioner.Main.ShouldContain("Käynti on mitätöity.");
        (await practitioner.PostAsync($"{second}?handler=Note", [new("Template", "physiotherapy")])).Status.ShouldBe(HttpStatusCode.NotFound);
        ((string?)(await app.ResourceAsync("Encounter", Steps.IdOf(second).ToString()))!["status"]).ShouldBe("entered-in-error");
        ((string?)(await app.ResourceAsync("Encounter", serviceEvent.ToString()))!["status"]).ShouldBe("in-progress");
        (await practitioner.GetAsync(first)).Main.ShouldContain("Uusi merkintä");
    }

    [Fact]
    public async Task Correct_KeepsBothWordings_WithCorrectorAndReason_ForStaffAndCustomer()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var colleague = await app.PhysiotherapistAsync();
        using var customer = await app.SignedInAsync(Roles.Customer);
        var visit = await app.CareVisitAsync(practitioner);
        await customer.LinksAsync(practitioner, visit);
        var note = await practitioner.SignsNoteAsync(visit);

        await colleague.GetAsync($"/practice/signed/{note}");
        await colleague.SendAsync(colleague.Form("Correct"));
        await colleague.WritesAsync(Right, "Sign");
        colleague.ErrorAt("Reason").ShouldNotBeNull("a correction says why");
        await colleague.WritesAsync(Right, "Sign", ("Reason", "Mitta puuttui"));
        colleague.Address.ShouldBe($"/practice/signed/{note}");

        foreach (var reader in new[] { colleague, customer })
        {
            await reader.GetAsync(reader == customer ? "/my" : $"/practice/signed/{note}");
            foreach (var text in new[] { Steps.Finding, Right, "Mitta puuttui", "Kaisa Kollega" })
            {
                reader.Main.ShouldContain(text);
            }
        }

        (await app.ScalarAsync<long>("select count(*) from kanta.document where kind = 'care' and note_id = $1", note))
            .ShouldBe(2);
        var correction = await app.QueuedAsync(note, 2);
        Authors(correction).ShouldBe([("MER", "Kollega"), ("KOR", "Kollega")]);
        correction.ShouldContain("relatedDocument typeCode=\"RPLC\"");
        Authors(await app.QueuedAsync(note, 1)).ShouldBe([("MER", "Kollega")]);
    }

    [Fact]
    public async Task Correct_ByTwoAtOnce_TheSecondIsToldAndOverwritesNothing()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var colleague = await app.PhysiotherapistAsync();
        var note = await practitioner.SignsNoteAsync(await app.CareVisitAsync(practitioner));
        foreach (var corrector in new[] { practitioner, colleague })
        {
            await corrector.GetAsync($"/practice/signed/{note}");
            await corrector.SendAsync(corrector.Form("Correct"));
        }

        await practitioner.WritesAsync("Ensimmäinen korjaus", "Sign", ("Reason", "a"));
        await colleague.WritesAsync("Toinen korjaus", "Sign", ("Reason", "b"));
        colleague.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        colleague.Main.ShouldContain("Merkintää on korjattu");
        colleague.Text.ShouldContain("Toinen korjaus");
        (await app.ScalarAsync<int>("select current_version from care.note where id = $1", note)).ShouldBe(2);
    }

    [Fact]
    public async Task WellnessVisitOpenedOnTheWrongCustomer_IsTakenBack_WithWhatWaitsForAnAnswer_AndLogsOnBothSides()
    {
        using var masseur = await app.MasseurAsync();
        var booking = await app.AddsVisitAsync(masseur, "Rentouttava hieronta", family: "Väärä");
        var wrong = await masseur.OpensVisitAsync(booking);
        await masseur.SendAsync(masseur.Form("Propose").Set("Extra.Title", "Toiveet").Set("Extra.Text", "Ei tuoksuja."));
        await masseur.SendAsync(masseur.Form("LinkCode"));
        var linkCode = masseur.Find("data-link-code[^>]*>([^<]*)<").Trim();
        var care = await masseur.OpensVisitAsync(await app.AddsVisitAsync(masseur, "Hoidollinen hieronta", family: "Hoidettava"));
        var right = await masseur.OpensVisitAsync(await app.AddsVisitAsync(masseur, "Rentouttava hieronta", family: "Oikea"));

        await masseur.GetAsync(wrong);
        (await masseur.PostAsync($"{wrong}?handler=Mistake", [new("MistakeReason", "Väärä"), new("RightVisit", Steps.IdOf(care).ToString())])).Status
            .ShouldBe(HttpStatusCode.NotFound, "nothing of a wellness visit goes into a patient record");
        await masseur.GetAsync(wrong);
        await masseur.SendAsync(masseur.Form("MistakeReason").Set("MistakeReason", " "));
        masseur.ErrorAt("MistakeReason").ShouldBe("Kirjoita syy (enintään 500 merkkiä).");
        await masseur.SendAsync(masseur.Form("MistakeReason").Set("MistakeReason", "Väärä asiakas").Set("RightVisit", Steps.IdOf(right).ToString()));
        masseur.Address.ShouldBe(right);
        masseur.Main.ShouldContain("Toiveet");
        (await ProposedAsync(wrong), await ProposedAsync(right)).ShouldBe((0, 1));
        (await masseur.GetAsync(wrong)).Main.ShouldContain("Käynti on mitätöity.");
        masseur.Main.ShouldNotContain("Toiveet");
        (await LogAsync(wrong)).ShouldContain("invalidate Visit visit opened on the wrong customer");
        (await LogAsync(right)).ShouldContain("taken over from a visit that was opened on the wrong customer");

        ((string?)(await app.ResourceAsync("Appointment", booking.ToString()))!["status"]).ShouldBe("booked");
        using var customer = await app.SignedInAsync(Roles.Customer);
        await customer.GetAsync("/my");
        await customer.SendAsync(customer.Form("Code").Set("Code", linkCode));
        customer.ErrorAt("Code").ShouldNotBeNull("a code that went to somebody else opens nothing");
        (await masseur.OpensVisitAsync(booking)).ShouldNotBe(wrong, "the booking can be opened again");
    }

    [Theory]
    [InlineData("fi", "Vastaanotto katkaisi tilisi yhteyden asiakaskorttiin")]
    [InlineData("sv", "Mottagningen bröt kopplingen mellan ditt konto och kundkortet")]
    [InlineData("en", "The practice ended your account's link to the customer card")]
    public async Task LinkOfTheWrongAccount_IsEnded_SheSeesNothingAndIsTold_AndTheRightOneIsLinked(string language, string told)
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var receptionist = await app.SignedInAsync(Roles.Receptionist);
        using var wrong = await app.SignedInAsync(Roles.Customer, language);
        using var right = await app.SignedInAsync(Roles.Customer);
        var visit = await app.CareVisitAsync(practitioner);
        var card = $"/customers/{await app.ScalarAsync<string>("select patient_id from care.visit where id = $1", Steps.IdOf(visit))}";
        (await receptionist.GetAsync(card)).Main.ShouldNotContain("Asiakkaan oma tili");
        await wrong.LinksAsync(practitioner, visit);
        await practitioner.SignsNoteAsync(visit);
        (await wrong.GetAsync("/my")).Main.ShouldContain(Steps.Finding);

        (await receptionist.GetAsync(card)).Main.ShouldContain(wrong.Email);
        var form = receptionist.Form("EndLink");
        await receptionist.SendAsync(form.Set("Reason", " "));
        receptionist.ErrorAt("Reason").ShouldBe("Kirjoita syy (enintään 500 merkkiä).");
        (await wrong.GetAsync("/my")).Main.ShouldContain(Steps.Finding);
        foreach (var _ in new[] { 1, 2 })
        {
            await receptionist.SendAsync(form.Set("Reason", "Koodi annettiin pariskunnan toiselle"));
            receptionist.Main.ShouldContain("Tilin yhteys katkaistiin");
            receptionist.Main.ShouldContain("Koodi annettiin pariskunnan toiselle");
        }

        await wrong.GetAsync("/my");
        wrong.Main.ShouldNotContain(Steps.Finding);
        wrong.Main.ShouldContain(told);
        (await wrong.GetAsync("/my/access")).Address.ShouldBe("/my");
        (await LogAsync(visit)).ShouldContain("delete Account account link ended");

        await right.LinksAsync(practitioner, visit);
        (await right.GetAsync("/my")).Main.ShouldContain(Steps.Finding);
        (await right.GetAsync("/my/access")).Main.ShouldContain("Poisti: tilin yhdistäminen");
        await receptionist.SendAsync(form);
        (await right.GetAsync("/my")).Main.ShouldContain(Steps.Finding, customMessage: "a page from before ends no other account's link");
        (await practitioner.GetAsync($"/customers/{Guid.NewGuid()}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<long> ProposedAsync(string visit) => app.ScalarAsync<long>(
        "select count(*) from care.additional_data d join care.visit v on v.patient_id = d.patient_id where v.id = $1 and d.content is not null", Steps.IdOf(visit))!;

    private async Task<string> LogAsync(string visit) => await app.ScalarAsync<string>(
        """
        select string_agg(l.interaction || ' ' || l.resource_type || coalesce(' ' || l.detail, ''), '; ') from care.access_leaf l
        join care.access_leaf_patient p on p.leaf_id = l.id join care.visit v on v.patient_id = p.patient_id where v.id = $1
        """, Steps.IdOf(visit)) ?? "";

    /// <summary>Roles and family names of the people who answer for the entries, in their order.</summary>
    private static IEnumerable<(string Role, string Family)> Authors(string xml) =>
        System.Text.RegularExpressions.Regex.Matches(xml, "<author><functionCode code=\"([A-Z]+)\".*?<family>([^<]*)</family>").Select(m => (m.Groups[1].Value, m.Groups[2].Value));
}
