using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

public sealed class MainJobTests(RunningPractice practice, SharedBrowser chromium)
{
    private const string Finding = "Olkanivelen liike on vapaa, kipu on lievä.";
    private const string Extra = "Haluaa musiikkia hoidon aikana.";

    [Fact]
    public async Task MainJob_BookedDocumentedSignedArchivedAndSeen()
    {
        await using var visitor = await Person.ComesAsync(chromium.Browser, practice.Address, width: 360);
        await using var practitioner = await Person.ComesAsync(chromium.Browser, practice.Address);
        await using var customer = await Person.ComesAsync(chromium.Browser, practice.Address, width: 360);

        // The demonstration's own visits take times of these days while they are made.
        await practice.LivedInAsync();
        var day = await BooksAsync(visitor);
        await practitioner.SignsInWithCodeAsync("maija.malli@example.fi");
        var visit = await OpensTheVisitAsync(practitioner, day);
        var code = await RecordsPersonAndProposesDataAsync(practitioner, visit);
        await SignsTheNoteAsync(practitioner, visit);
        await SeesOwnDataAsync(customer, code);
    }

    // Returns the booked day, yyyy-MM-dd.
    private static async Task<string> BooksAsync(Person visitor)
    {
        await visitor.GoesToAsync("/book");
        await visitor.LeavesByAsync(() => visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Fysioterapia", Exact = true }).ClickAsync());
        if (visitor.Page.Url.Contains("/practitioner", StringComparison.Ordinal))
        {
            await visitor.LeavesByAsync(() => visitor.Page.Locator("main a[href*='/book/time']").First.ClickAsync());
        }

        // The last of the first day: the next one stops being offered at the full hour.
        var time = visitor.Page.Locator("main a.time").Last;
        var href = (await time.GetAttributeAsync("href"))!;
        var start = System.Web.HttpUtility.ParseQueryString(href[href.IndexOf('?', StringComparison.Ordinal)..])["start"]!;
        await visitor.LeavesByAsync(() => time.ClickAsync());
        await visitor.Page.Locator("[name='Input.GivenNames']").FillAsync("Aino Inkeri");
        await visitor.Page.Locator("[name='Input.FamilyName']").FillAsync("Asiakas");
        await visitor.Page.Locator("[name='Input.Email']").FillAsync("aino.asiakas@example.fi");
        await visitor.Page.Locator("[name='Input.Phone']").FillAsync("040 123 4567");
        await visitor.Page.Locator("[name='Input.Terms'][type=checkbox]").CheckAsync();
        await SubmitsAsync(visitor);
        await SubmitsAsync(visitor);
        await visitor.SeesAsync("Fysioterapia");
        var at = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki")).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    // Returns the visit's path.
    private static async Task<string> OpensTheVisitAsync(Person practitioner, string day)
    {
        await practitioner.GoesToAsync($"/practice/day?date={day}");
        await practitioner.LeavesByAsync(() => practitioner.Page.Locator("main a[href*='/practice/appointment/']:visible", new() { HasText = "Aino Asiakas" }).First.ClickAsync());
        await practitioner.LeavesByAsync(() => practitioner.Page.Locator("main a[href*='/practice/visit/open/']").First.ClickAsync());
        await practitioner.PressesAsync("Aloita käynti");
        return new Uri(practitioner.Page.Url).AbsolutePath;
    }

    private static async Task<string> RecordsPersonAndProposesDataAsync(Person practitioner, string visit)
    {
        await practitioner.GoesToAsync(visit + "/person");
        var code = practitioner.Page.GetByLabel("Henkilötunnus");
        await code.FillAsync("010181-900D");
        await practitioner.Page.GetByLabel("Nainen").CheckAsync();
        await practitioner.PressesAsync("Tallenna");
        await practitioner.SeesAsync("tarkistusmerkki");
        await code.FillAsync("010181-900C");
        await practitioner.PressesAsync("Tallenna");
        await practitioner.ArrivesAtAsync(new(Regex.Escape(visit) + "$"));

        await practitioner.Page.GetByLabel("Otsikko").FillAsync("Mieltymys");
        await practitioner.Page.Locator("[name='Extra.Text']").FillAsync(Extra);
        await practitioner.PressesAsync("Lähetä hyväksyttäväksi");
        await practitioner.SeesAsync("Odottaa asiakasta");
        await practitioner.PressesAsync("Tarkistin henkilöllisyyden – tee koodi");
        return (await practitioner.Page.Locator("[data-link-code]").TextContentAsync())!.Trim();
    }

    private static async Task SignsTheNoteAsync(Person practitioner, string visit)
    {
        await practitioner.GoesToAsync(visit);
        await practitioner.Page.GetByLabel("Kirjauspohja").SelectOptionAsync("physiotherapy");
        await practitioner.PressesAsync("Uusi merkintä");
        var draft = practitioner.Page.Url;
        await practitioner.PressesAsync("Allekirjoita");
        await practitioner.SeesAsync("Merkintä on tyhjä");

        await practitioner.Page.GetByLabel("Tutkimukset").First.FillAsync(Finding);
        await practitioner.Page.GetByLabel("Kivun voimakkuus 0–10").FillAsync("3");
        await practitioner.PressesAsync("Tallenna luonnos");
        await practitioner.GoesToAsync(draft);
        await Assertions.Expect(practitioner.Page.GetByLabel("Tutkimukset").First).ToHaveValueAsync(Finding);
        await practitioner.PressesAsync("Allekirjoita");
        await practitioner.SeesAsync(Finding);

        // Without a reload by hand.
        await Assertions.Expect(practitioner.Page.Locator("[data-archive-state]")).ToHaveAttributeAsync(
            "data-archive-state", "archived", new() { Timeout = 60_000 });
        await practitioner.GoesToAsync("/practice/attention");
    }

    private async Task SeesOwnDataAsync(Person customer, string code)
    {
        await customer.SignsInWithCodeAsync("aino.asiakas@example.fi");
        await customer.GoesToAsync("/my");
        (await customer.Page.Locator("main").TextContentAsync())!.ShouldNotContain(Finding);
        await customer.Page.GetByLabel("Koodi").FillAsync(code);
        await customer.PressesAsync("Yhdistä tili");
        await customer.SeesAsync(Finding);
        await customer.SeesAsync(Extra);
        await customer.PressesAsync("Hyväksy tallennus");
        await customer.SeesAsync("Vastauksesi on kirjattu.");
        await customer.FollowsAsync("Kuka on katsonut tietojani");
        await customer.SeesAsync("Maija Malli");

        using var http = new HttpClient();
        var ledger = await http.GetStringAsync(practice.Simulator + "/api/ledger");
        ledger.ShouldContain("RCMR_IN100002FI01");
    }

    private static async Task SubmitsAsync(Person person)
    {
        await person.LeavesByAsync(() => person.Page.Locator("main form button[type=submit]").First.ClickAsync());
    }
}
