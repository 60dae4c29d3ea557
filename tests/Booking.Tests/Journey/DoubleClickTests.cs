using System.Net;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>Forms that are sent twice before the first answer is there, in a browser without script.</summary>
public sealed class DoubleClickTests(PracticeApp app)
{
    [Fact]
    public async Task DoubleClicks_OnAVisitsForms_DoEachThingOnce()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var customer = await app.SignedInAsync(Roles.Customer);
        var visit = await app.CareVisitAsync(practitioner);
        var today = Steps.Today;
        await practitioner.GetAsync(visit);
        var informing = practitioner.Form("Informing.Version").Set("Informing.Date.Day", $"{today.Day}").Set("Informing.Date.Month", $"{today.Month}")
            .Set("Informing.Date.Year", $"{today.Year}");
        var proposal = practitioner.Form("Propose").Set("Extra.Title", "Toiveet").Set("Extra.Text", "Hiljaista.\r\nEi radiota.");
        var note = practitioner.Form("Template").Set("Template", "physiotherapy");
        foreach (var form in new[] { informing, informing, proposal, proposal, note, note })
        {
            (await practitioner.SendAsync(form)).Status.ShouldBe(HttpStatusCode.OK);
        }

        var draft = practitioner.Address.Split('?')[0];
        var save = practitioner.Form("Revision");
        save = save.Set(save.TextAreas[0], "Kerran kirjoitettu");
        save.Action = $"{draft}?handler=Save";
        foreach (var _ in new[] { 1, 2 })
        {
            (await practitioner.SendAsync(save)).Status.ShouldBe(HttpStatusCode.OK);
            practitioner.Main.ShouldNotContain("toisessa välilehdessä");
        }

        save.Action = $"{draft}?handler=Sign";
        await practitioner.SendAsync(save);
        practitioner.Address.ShouldContain("/practice/signed/", customMessage: "signed by the button beside it, from the page of the first click");
        foreach (var table in new[] { "informing", "additional_data" })
        {
            (await app.ScalarAsync<long>(
                $"select count(*) from care.{table} t join care.visit v on v.patient_id = t.patient_id where v.id = $1", Steps.IdOf(visit))).ShouldBe(1, table);
        }

        (await app.ScalarAsync<long>("select count(*) from care.note where visit_id = $1", Steps.IdOf(visit))).ShouldBe(1);
        (await app.ScalarAsync<long>("select count(*) from care.note_draft where visit_id = $1", Steps.IdOf(visit))).ShouldBe(0);

        await customer.LinksAsync(practitioner, visit);
        await customer.GetAsync("/my");
        var approve = customer.Form("Approve");
        foreach (var _ in new[] { 1, 2 })
        {
            (await customer.SendAsync(approve)).Status.ShouldBe(HttpStatusCode.OK);
            customer.Main.ShouldContain("Hiljaista.");
        }
    }
}
