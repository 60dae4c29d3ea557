using System.Net;
using System.Text.RegularExpressions;
using Booking.Host.Check;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>
/// Every field of every form takes a canary, then all pages are crawled: it is never more than text. In a practice of its own, whose services, hours and
/// cards take the canaries too.
/// </summary>
public sealed class HostileTextTests(HostileTextTests.HostilePractice app) : IClassFixture<HostileTextTests.HostilePractice>
{
    public sealed class HostilePractice : PracticeApp;

    // Breaks out of attributes, text, scripts and comments; short enough for most fields.
    private const string Canary = "\"'><img src=x onerror=a()>";

    [Fact]
    public async Task Canaries_InEveryField_AreNeverMarkup()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var customer = await app.SignedInAsync(Roles.Customer);
        using var receptionist = await app.SignedInAsync(Roles.Receptionist);
        using var administrator = await app.SignedInAsync(Roles.Administrator);
        using var officer = await app.SignedInAsync(Roles.PrivacyOfficer);
        using var visitor = app.Visitor();
        var (booking, link) = await app.BooksAsync(visitor, family: "Malli" + Canary, given: "Aino" + Canary);
        var visit = await practitioner.OpensVisitAsync(booking);
        await practitioner.RecordsPersonAsync(visit, Steps.IdentityCode());
        await customer.LinksAsync(practitioner, visit);
        var note = await practitioner.SignsNoteAsync(visit, "Teksti " + Canary);
        var draft = await practitioner.BeginsNoteAsync(visit, "Luonnos " + Canary);
        await practitioner.GetAsync($"/practice/signed/{note}");
        await practitioner.SendAsync(practitioner.Form("Correct"));
        await practitioner.WritesAsync("Korjattu " + Canary, "Sign", ("Reason", "Syy " + Canary));

        // Everybody sends every form of every page that she reaches, with the canary in every text field.
        var seen = new List<string>();
        foreach (var (who, starts) in new (Caller, string[])[]
        {
            (visitor, ["/", "/book", link]), (customer, ["/my"]), (practitioner, ["/practice/day", visit, draft, $"/practice/appointment/{booking}", "/practice/add"]),
            (receptionist, ["/practice/day", "/customers?q=Malli", $"/practice/appointment/{booking}"]),
            (administrator, ["/admin/practice", "/admin/services", "/admin/services/new", "/admin/staff", "/admin/hours"]), (officer, ["/privacy"]),
        })
        {
            seen.AddRange(await CrawlAsync(who, starts, sendForms: true));
            seen.AddRange(await CrawlAsync(who, starts, sendForms: false));
        }

        seen.Where(s => s.Contains("Malli", StringComparison.Ordinal)).ShouldNotBeEmpty("the canaries are shown somewhere");
        seen.Count.ShouldBeGreaterThan(40);
    }

    [Theory]
    [InlineData("\uffff")]
    [InlineData("\u0001\u0008")]
    public async Task ControlCharacters_AreRefusedAtTheirField(string text)
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await app.CareVisitAsync(practitioner);
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", "a" + text).Set("Extra.Text", "b"));
        practitioner.ErrorAt("Extra.Title").ShouldNotBeNull();
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", "a").Set("Extra.Text", "b" + text));
        practitioner.ErrorAt("Extra.Text").ShouldNotBeNull();
        await practitioner.BeginsNoteAsync(visit, "a" + text);
        await practitioner.WritesAsync("a" + text, "Sign");
        practitioner.ErrorAt("Headings[0].Text").ShouldBe("Tekstissä on merkkejä, joita ei voi tallentaa. Poista ne ja yritä uudelleen.");
    }

    [Fact]
    public async Task AFormWithANulCharacter_IsNoFormAtAll()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await app.CareVisitAsync(practitioner);
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", "a\0").Set("Extra.Text", "b"));
        practitioner.Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
        practitioner.Heading.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task OverlongText_IsRefusedAtItsField_AndKept()
    {
        using var practitioner = await app.PhysiotherapistAsync("sv");
        var visit = await app.CareVisitAsync(practitioner);
        var text = new string('å', 20_001);
        await practitioner.BeginsNoteAsync(visit, "a");
        await practitioner.WritesAsync(text, "Sign");
        practitioner.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        practitioner.ErrorAt("Headings[0].Text").ShouldBe("Texten är för lång. Högst 20000 tecken per rubrik.");
        practitioner.Text.ShouldContain(text);
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", new string('a', 201)).Set("Extra.Text", new string('b', 10_001)));
        practitioner.ErrorAt("Extra.Title").ShouldNotBeNull();
        practitioner.Text.ShouldContain(new string('b', 10_001));
    }

    private static async Task<List<string>> CrawlAsync(Caller who, string[] starts, bool sendForms)
    {
        var (pages, done, waiting) = (new List<string>(), new HashSet<string>(), new Queue<string>(starts));
        while (waiting.TryDequeue(out var path) && done.Count < 60)
        {
            // One page of a kind is enough: ids and dates are left out of what was seen.
            if (!done.Add(Regex.Replace(path, "[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{48}|=[^&]*", "…")))
            {
                continue;
            }

            await who.GetAsync(path);
            Check(who);
            pages.Add(who.Html);
            foreach (Match link in Regex.Matches(who.Html, "(?:href|hx-get)=\"(/[^\"]*)\""))
            {
                var to = WebUtility.HtmlDecode(link.Groups[1].Value);
                if (!Regex.IsMatch(to, "^/(account|dev/mail|site|lib|icon|fhir)|lang=|\\.(css|js|ico|svg)"))
                {
                    waiting.Enqueue(to.Split('#')[0]);
                }
            }

            foreach (var form in sendForms ? PageForm.Read(who.Html, who.Address) : [])
            {
                if (form.Method == "get" || Regex.IsMatch(form.Action, "sign-out|/account/|[?&]handler=(Invalidate|Drop|Cancel|NoShow|End)|/move$"))
                {
                    continue;
                }

                foreach (var field in form.Fields.Keys.Where(IsText).ToList())
                {
                    form.Set(field, Canary + "javascript:a");
                }

                await who.SendAsync(form);
                Check(who);
                pages.Add(who.Html);
            }
        }

        return pages;

        static bool IsText(string field) => !Regex.IsMatch(field, "^__|Key$|Revision|Id$|Version$|IdentityCode|Sex|Offer|Customer$|Terms|Notify|Arrived|Date|Time|Kind");
    }

    private static void Check(Caller who)
    {
        // As text the canary stands encoded; these are the raw characters.
        who.Html.Contains("<img src=x", StringComparison.Ordinal).ShouldBeFalse($"{who.Address}: {Around(who.Html, "<img src=x")}");
        Regex.IsMatch(who.Html, "(href|src|action|formaction)=\"\\s*javascript:", RegexOptions.IgnoreCase).ShouldBeFalse(who.Address);
    }

    private static string Around(string html, string text) =>
        html.IndexOf(text, StringComparison.Ordinal) is var at and >= 0 ? html[Math.Max(0, at - 80)..Math.Min(html.Length, at + 80)] : "";
}
