using System.Net;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>Who is in care and how: minors, temporary ids, walk-ins and calls, series, wellness.</summary>
public sealed class CareRulesTests(PracticeApp app)
{
    private static readonly int ChildsYear = Steps.Today.Year - 12;

    [Theory]
    [InlineData("2", true)]
    [InlineData("3", false)]
    [InlineData("4", false)]
    public async Task Minor_IsNotSignedWithoutTheGuardianValue_AndThePortalFollowsIt(string value, bool shown)
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var guardian = await app.SignedInAsync(Roles.Customer);
        var visit = await app.CareVisitAsync(practitioner, Steps.IdentityCode(ChildsYear));
        await guardian.LinksAsync(practitioner, visit);
        guardian.Main.ShouldNotContain("Fysioterapia", customMessage: "before the value is recorded nothing of the visit is shown");

        await practitioner.BeginsNoteAsync(visit);
        await practitioner.WritesAsync(Steps.Finding, "Sign");
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("GuardianDisclosure")!.ShouldContain("alaikäinen");
        practitioner.Text.ShouldContain(Steps.Finding);
        await practitioner.WritesAsync(Steps.Finding, "Sign", ("GuardianDisclosure", value));
        practitioner.Address.ShouldContain("/practice/signed/");
        var note = Steps.IdOf(practitioner.Address);

        await guardian.GetAsync("/my");
        guardian.Main.Contains(Steps.Finding, StringComparison.Ordinal).ShouldBe(shown);
        guardian.Main.Contains("Fysioterapia", StringComparison.Ordinal).ShouldBe(shown);
        await guardian.GetAsync("/my/access");
        guardian.Main.Contains("Allekirjoitti", StringComparison.Ordinal).ShouldBe(shown);
        foreach (var id in new[] { note, Steps.IdOf(visit) })
        {
            (await app.ScalarAsync<bool>("select patient_sees_from is not null from care.resource where id = $1", id.ToString())).ShouldBe(shown);
        }
    }

    [Fact]
    public async Task Minor_WhoseValueIsChangedToDenied_DisappearsFromThePortalAndFromHerToken()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var guardian = await app.SignedInAsync(Roles.Customer);
        var visit = await app.CareVisitAsync(practitioner, Steps.IdentityCode(ChildsYear));
        await guardian.LinksAsync(practitioner, visit);
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Guardian").Set("Guardian", "1"));
        await practitioner.SignsNoteAsync(visit);
        await guardian.GetAsync("/my");
        guardian.Main.ShouldContain(Steps.Finding);

        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Guardian").Set("Guardian", "3"));
        await guardian.GetAsync("/my");
        guardian.Main.ShouldNotContain(Steps.Finding);
        (await app.ScalarAsync<long>(
            """
            select count(*) from care.resource r join care.visit v on v.patient_id = r.patient_id
            where v.id = $1 and r.type in ('Composition', 'Encounter', 'Provenance') and r.patient_sees_from is not null
            """,
            Steps.IdOf(visit))).ShouldBe(0);
    }

    [Fact]
    public async Task TemporaryId_AsksBirthDateAndSexApart_AndACodeLearntLaterChangesNoStoredByte()
    {
        using var practitioner = await app.PhysiotherapistAsync("en");
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner));
        await practitioner.GetAsync(visit + "/person");
        await practitioner.SendAsync(practitioner.Form("Input.IdentityCode"));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("Input.BirthDate").ShouldBe("Give the birth date when there is no identity code.");
        practitioner.ErrorAt("Input.Sex").ShouldBe("Choose the sex. It is not derived from the identity code.");
        await practitioner.RecordsPersonAsync(visit, "", DateOnly.FromDateTime(Steps.Today).AddDays(2));
        practitioner.ErrorAt("Input.BirthDate").ShouldBe("Check the birth date: it cannot be in the future or before 1880.");
        await practitioner.RecordsPersonAsync(visit, "", new DateOnly(1979, 5, 6));
        practitioner.Main.ShouldContain("Temporary id 060579-9");
        var note = await practitioner.SignsNoteAsync(visit);
        var documents = "select encode(sha256(string_agg(d.oid || encode(d.body, 'hex'), '|' order by d.oid)::bytea), 'hex') "
            + "from kanta.document d where d.note_id = $1";
        var (bytes, composition) = (await app.ScalarAsync<string>(documents, note), (await app.ResourceAsync("Composition", note.ToString()))!.ToJsonString());

        var code = Steps.IdentityCode(1979);
        await practitioner.RecordsPersonAsync(visit, code, new DateOnly(1979, 5, 6));
        practitioner.Address.ShouldBe(visit);
        practitioner.Main.ShouldContain(code[..7]);
        bytes.ShouldNotBeNull();
        (await app.ScalarAsync<string>(documents, note)).ShouldBe(bytes);
        (await app.ResourceAsync("Composition", note.ToString()))!.ToJsonString().ShouldBe(composition);
        (await app.ScalarAsync<string>(
            "select detail from care.access_leaf l join care.access_leaf_patient p on p.leaf_id = l.id join care.visit v on v.patient_id = p.patient_id "
            + "where v.id = $1 and l.resource_type = 'Patient' and l.interaction = 'update' order by l.id desc limit 1", Steps.IdOf(visit)))
            .ShouldBe("identity code learnt, temporary id before");
        await practitioner.RecordsPersonAsync(visit, "", new DateOnly(1979, 5, 6));
        practitioner.ErrorAt("Input.IdentityCode").ShouldBe("A recorded identity code cannot be removed. Write the right one.");
    }

    [Theory]
    [InlineData("fi", "010181-900D", "Henkilötunnuksen tarkistusmerkki ei täsmää. Tarkista, onko tunnus kirjoitettu oikein.")]
    [InlineData("sv", "320181-900C", "Födelsedatumet i personbeteckningen finns inte. Kontrollera de sex första siffrorna.")]
    [InlineData("en", "131052-308T", "Only test persons (individual number 900–999) may be used in this environment.")]
    public async Task IdentityCode_ThatIsWrong_IsRefusedAtItsField_InTheLanguage(string language, string code, string message)
    {
        using var practitioner = await app.PhysiotherapistAsync(language);
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner));
        await practitioner.RecordsPersonAsync(visit, code);
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("Input.IdentityCode").ShouldBe(message);
        practitioner.Text.ShouldContain($"value=\"{code}\"");
    }

    [Theory]
    [InlineData("Phone", "VR", "Puhelin")]
    [InlineData("HomeVisit", "HH", "Kotikäynti")]
    [InlineData("InPerson", "AMB", "Vastaanotolla")]
    public async Task WalkInsAndContacts_AreVisitsWithTheirMode(string contact, string encounterClass, string shown)
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, contact: contact));
        practitioner.Main.ShouldContain(shown);
        var encounter = (await app.ResourceAsync("Encounter", Steps.IdOf(visit).ToString()))!;
        ((string?)encounter["class"]!["code"]).ShouldBe(encounterClass);
        encounter["identifier"].ShouldBeNull("a visit has no official identifier of its own");
    }

    [Fact]
    public async Task Series_HoldsSeveralVisitsInOneServiceEvent_UntilItIsEnded()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var first = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner), "series");
        var customer = Guid.Parse((await app.ScalarAsync<string>("select patient_id from care.visit where id = $1", Steps.IdOf(first)))!);
        var serviceEvent = await app.ScalarAsync<Guid>("select service_event_id from care.visit where id = $1", Steps.IdOf(first));
        await practitioner.SendAsync(practitioner.Form("End"));
        var second = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer), serviceEvent.ToString());
        var third = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer), serviceEvent.ToString());
        (await app.ScalarAsync<long>("select count(*) from care.visit where service_event_id = $1", serviceEvent)).ShouldBe(3);
        ((string?)(await app.ResourceAsync("Encounter", Steps.IdOf(third).ToString()))!["partOf"]!["reference"]).ShouldBe($"Encounter/{serviceEvent}");

        await practitioner.SendAsync(practitioner.Form("EndSeries"));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.Main.ShouldContain("Hoitosarjassa on vielä avoin käynti.");
        await practitioner.GetAsync(second);
        await practitioner.SendAsync(practitioner.Form("End"));
        await practitioner.GetAsync(third);
        await practitioner.SendAsync(practitioner.Form("EndSeries"));
        practitioner.Status.ShouldBe(HttpStatusCode.OK);
        ((string?)(await app.ResourceAsync("Encounter", serviceEvent.ToString()))!["status"]).ShouldBe("finished");

        await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer), serviceEvent.ToString());
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("Choice").ShouldBe("Hoitosarja on päättynyt. Valitse toinen.");
    }

    [Fact]
    public async Task AMistakenServiceEvent_IsTakenBackAfterItsNotes()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await app.CareVisitAsync(practitioner);
        var serviceEvent = await app.ScalarAsync<Guid>("select service_event_id from care.visit where id = $1", Steps.IdOf(visit));
        var note = await practitioner.SignsNoteAsync(visit);
        await practitioner.GetAsync(visit);
        practitioner.Main.ShouldNotContain("avattiin vahingossa");
        (await practitioner.PostAsync($"{visit}?handler=Mistake", [new("MistakeReason", "Väärä asiakas")])).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.Main.ShouldContain("on vielä merkintöjä");

        await practitioner.GetAsync($"/practice/signed/{note}");
        await practitioner.SendAsync(practitioner.Form("Reason").Set("Reason", "Väärä asiakas").Set("CareGiven", "false"));
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("MistakeReason").Set("MistakeReason", ""));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await practitioner.SendAsync(practitioner.Form("MistakeReason").Set("MistakeReason", "Väärä asiakas"));
        practitioner.Main.ShouldContain("Palvelutapahtuma on mitätöity.");
        foreach (var id in new[] { serviceEvent, Steps.IdOf(visit) })
        {
            ((string?)(await app.ResourceAsync("Encounter", id.ToString()))!["status"]).ShouldBe("entered-in-error");
        }

        (await practitioner.PostAsync($"{visit}?handler=Note", [new("Template", "physiotherapy")])).Status.ShouldBe(HttpStatusCode.NotFound);
        (await app.ScalarAsync<long>("select count(*) from kanta.document where service_event_id = $1 and kind = 'invalidation' and oid = service_event_oid", serviceEvent)).ShouldBe(1);
    }

    [Fact]
    public async Task Wellness_GetsNoPatientRecordServiceEventOrSubmission()
    {
        using var masseur = await app.MasseurAsync();
        var visit = await masseur.OpensVisitAsync(await app.AddsVisitAsync(masseur, "Rentouttava hieronta"));
        masseur.Main.ShouldContain("Hyvinvointipalvelu");
        masseur.Main.ShouldNotContain("Henkilötunnus");
        masseur.Main.ShouldNotContain("Kanta-informointi");
        (await app.ScalarAsync<bool>("select service_event_id is null from care.visit where id = $1", Steps.IdOf(visit))).ShouldBeTrue();
        (await app.ResourceAsync("Encounter", Steps.IdOf(visit).ToString())).ShouldBeNull();
        foreach (var (handler, field, value) in new[]
        {
            ("Note", "Template", "physiotherapy"), ("Informing", "Informing.Version", "2.0"), ("Guardian", "Guardian", "1"), ("EndSeries", "x", "x"),
        })
        {
            await masseur.GetAsync(visit);
            (await masseur.PostAsync($"{visit}?handler={handler}", [new(field, value)])).Status.ShouldBe(HttpStatusCode.NotFound, handler);
        }

        (await masseur.GetAsync(visit + "/person")).Status.ShouldBe(HttpStatusCode.NotFound);
        await masseur.GetAsync(visit);
        await masseur.SendAsync(masseur.Form("End"));
        masseur.Status.ShouldBe(HttpStatusCode.OK);
        (await app.ScalarAsync<long>("select count(*) from care.person p join care.visit v on v.patient_id = p.patient_id where v.id = $1", Steps.IdOf(visit))).ShouldBe(0);
    }

    [Fact]
    public async Task OutsourcedService_IsRecordedOnlyUnderAnAuthorisationThatRuns()
    {
        using var administrator = await app.SignedInAsync(Roles.Administrator);
        using var practitioner = await app.PhysiotherapistAsync();
        var appointment = await app.AddsVisitAsync(practitioner);
        var number = await app.ScalarAsync<long>(
            "select c.number from booking.customer c join booking.appointment a on a.customer_id = c.id where a.id = $1", appointment);
        var name = $"Hyvinvointialue {number}";
        await practitioner.GetAsync($"/practice/visit/open/{appointment}");
        practitioner.Main.ShouldNotContain("Kenen rekisteriin");

        await administrator.GetAsync("/admin/outsourcing");
        var form = administrator.Form("Input.CustomerOid").Set("Input.ControllerId", (await app.ScalarAsync<Guid>(
                "select controller_id from booking.appointment where id = $1", appointment)).ToString())
            .Set("Input.CustomerName", name).Set("Input.CustomerOid", "ei oid").Set("Input.RegisterControllerName", "Rekisterinpitäjä Oy").Set("Input.RegisterControllerOid", "1.2.246.10.77777777.19.0")
            .Set("Input.RegisterControllerKind", "1").Set("Input.RegisterCode", "2").Set("Input.CustomerNumber", $"{number}")
            .Set("Input.ValidFrom", $"{Steps.Today.AddDays(-1):yyyy-MM-dd}").Set("Input.ValidUntil", $"{Steps.Today.AddDays(2):yyyy-MM-dd}");
        await administrator.SendAsync(form);
        administrator.ErrorAt("Input.CustomerOid").ShouldBe("Kirjoita OID numeroina ja pisteinä, enintään 64 merkkiä.");
        await administrator.SendAsync(administrator.Form("Input.CustomerOid").Set("Input.CustomerOid", "1.2.246.10.77777777.10.0"));
        administrator.Main.ShouldContain(name);
        var authorisation = await app.ScalarAsync<Guid>("select id from care.outsourcing where customer_name = $1", name);

        await practitioner.GetAsync($"/practice/visit/open/{appointment}");
        await practitioner.SendAsync(practitioner.Form("Register").Set("Choice", "single").Set("Register", authorisation.ToString()));
        practitioner.Main.ShouldContain($"Ostopalvelu: {name}.");
        (await app.ScalarAsync<Guid>("select outsourcing_id from care.service_event e join care.visit v on v.service_event_id = e.id where v.appointment_id = $1", appointment)).ShouldBe(authorisation);

        // Another's, an unknown one, and one that has ended since the page was shown.
        var other = await app.AddsVisitAsync(practitioner);
        foreach (var wrong in new[] { authorisation.ToString(), Guid.NewGuid().ToString(), "x" })
        {
            await practitioner.GetAsync($"/practice/visit/open/{other}");
            (await practitioner.PostAsync($"/practice/visit/open/{other}", [new("Choice", "single"), new("Register", wrong)])).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            practitioner.Main.ShouldContain("Valtuutusta ei ole");
        }

        (await app.ScalarAsync<long>("select count(*) from care.visit where appointment_id = $1", other)).ShouldBe(0);
        var customer = Guid.Parse((await app.ScalarAsync<string>("select patient_id from care.visit where appointment_id = $1", appointment))!);
        var later = await app.AddsVisitAsync(practitioner, customer: customer);
        await practitioner.GetAsync($"/practice/visit/open/{later}");
        var open = practitioner.Form("Register").Set("Choice", "single").Set("Register", authorisation.ToString());
        await administrator.GetAsync("/admin/outsourcing");
        await administrator.PostAsync($"/admin/outsourcing?handler=End&id={authorisation}", []);
        await practitioner.SendAsync(open);
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.Main.ShouldContain("Valtuutusta ei ole");
    }

    [Fact]
    public async Task PermissionAndDenial_FollowInforming_AreWithdrawn_AndTheCustomerSeesIt()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await app.CareVisitAsync(practitioner);
        async Task RecordsAsync(string kind, string scope = "")
        {
            await practitioner.GetAsync(visit + "/person");
            var today = Steps.Today;
            await practitioner.SendAsync(practitioner.Form("Will.Kind").Set("Will.Kind", kind).Set("Will.Scope", scope).Set("Will.Date.Day", $"{today.Day}")
                .Set("Will.Date.Month", $"{today.Month}").Set("Will.Date.Year", $"{today.Year}"));
        }

        await RecordsAsync("denial", "provider");
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.Main.ShouldContain("Kirjaa ensin informointi");
        await RecordsAsync("kanta_informing");
        await RecordsAsync("denial");
        practitioner.Main.ShouldContain("Valitse, mitä kielto koskee.");
        await RecordsAsync("denial", "provider");
        practitioner.Main.ShouldContain("Tämän palvelunantajan tiedot");
        practitioner.Main.ShouldContain("Kirjattu, ei lähetetä");
        await practitioner.SendAsync(practitioner.Form("act"));
        practitioner.Main.ShouldContain("Peruutettu ");

        using var customer = await app.SignedInAsync(Roles.Customer);
        await customer.LinksAsync(practitioner, visit);
        await customer.GetAsync("/my");
        customer.Main.ShouldContain("Luovutuskielto");
        customer.Main.ShouldContain("Peruutettu ");

        // Recorded under one controller, a denial is not shown to another's practitioner; informing is once for a client.
        using var masseur = await app.MasseurAsync();
        var patient = Guid.Parse((await app.ScalarAsync<string>("select patient_id from care.visit where id = $1", Steps.IdOf(visit)))!);
        var theirs = await masseur.OpensVisitAsync(await app.AddsVisitAsync(masseur, "Hoidollinen hieronta", customer: patient));
        await masseur.GetAsync(theirs + "/person");
        masseur.Main.ShouldContain("Kanta-informointi");
        masseur.Main.ShouldNotContain("Peruutettu ");
    }

    [Fact]
    public async Task Informing_IsRecordedWithVersionAndDate_NotForTheFuture()
    {
        using var practitioner = await app.PhysiotherapistAsync("sv");
        var visit = await app.CareVisitAsync(practitioner);
        await practitioner.GetAsync(visit);
        var tomorrow = Steps.Today.AddDays(2);
        await practitioner.SendAsync(practitioner.Form("Informing.Version").Set("Informing.Date.Day", $"{tomorrow.Day}")
            .Set("Informing.Date.Month", $"{tomorrow.Month}").Set("Informing.Date.Year", $"{tomorrow.Year}"));
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.Main.ShouldContain("Den kan inte ligga i framtiden.");
        var today = Steps.Today;
        await practitioner.SendAsync(practitioner.Form("Informing.Version").Set("Informing.Date.Day", $"{today.Day}")
            .Set("Informing.Date.Month", $"{today.Month}").Set("Informing.Date.Year", $"{today.Year}"));
        practitioner.Main.ShouldContain("Version 2.0, ");
    }
}
