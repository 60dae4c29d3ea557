using System.Net;
using System.Text.RegularExpressions;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>Every page and handler, from the list of endpoints: who may open it, and that another's thing looks like one that does not exist.</summary>
public sealed class PagesTests(PracticeApp app)
{
    [Fact]
    public async Task EveryPage_HasACase_AndEveryCaseAPage()
    {
        var served = (await PageCases.ServedAsync(app.Services)).Select(p => p.Route).Order().ToList();
        served.ShouldBe(PageCases.All.Select(c => c.Route), ignoreOrder: true, customMessage: "a new page needs its line in PageCases: who may open it, and whose thing it shows");
    }

    [Fact]
    public async Task EveryHandler_IsClosedToOtherRoles()
    {
        var callers = new List<(string Role, Caller Caller)> { ("", app.Visitor()) };
        foreach (var role in Roles.All)
        {
            callers.Add((role, role == Roles.Practitioner ? await app.PhysiotherapistAsync() : await app.SignedInAsync(role)));
        }

        var wrong = new List<string>();
        foreach (var (route, handlers) in await PageCases.ServedAsync(app.Services))
        {
            var page = PageCases.All.Single(c => c.Route.Equals(route, StringComparison.OrdinalIgnoreCase));
            foreach (var (role, caller) in callers.Where(c => page.Roles.Length > 0 && !page.Roles.Contains(c.Role)))
            {
                foreach (var handler in handlers)
                {
                    using var answer = await caller.RawAsync(Request(Fill(route, Guid.NewGuid().ToString()), handler));
                    var to = answer.Headers.Location is not { } l ? "" : l.IsAbsoluteUri ? l.PathAndQuery : l.OriginalString;
                    var closed = answer.StatusCode == HttpStatusCode.Redirect
                        && (role.Length == 0 ? to.StartsWith("/account/sign-in", StringComparison.OrdinalIgnoreCase) : to.StartsWith("/account/denied", StringComparison.OrdinalIgnoreCase));
                    if (!closed)
                    {
                        wrong.Add($"{role} {handler} {route}: {(int)answer.StatusCode} {to}");
                    }
                }
            }
        }

        callers.ForEach(c => c.Caller.Dispose());
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryHandler_WithAnothersId_AnswersAsWithAnUnknownOne_AndChangesNothing()
    {
        using var owner = await app.PhysiotherapistAsync();
        using var masseur = await app.MasseurAsync();
        using var colleague = await app.PhysiotherapistAsync();
        using var administrator = await app.SignedInAsync(Roles.Administrator);
        using var visitor = app.Visitor();
        var appointment = await app.AddsVisitAsync(owner);
        var visit = await app.CareVisitAsync(owner);
        var draft = await owner.BeginsNoteAsync(visit, "Salainen teksti");
        var note = await owner.SignsNoteAsync(visit, "Salainen teksti");
        var foreign = new Dictionary<Thing, string>
        {
            [Thing.Visit] = Steps.IdOf(visit).ToString(),
            [Thing.Draft] = Steps.IdOf(draft).ToString(),
            [Thing.SignedNote] = note.ToString(),
            [Thing.ArchiveDocument] = (await app.ScalarAsync<Guid>("select id from kanta.document where note_id = $1", note)).ToString(),
            [Thing.CareAppointment] = appointment.ToString(),
        };
        var digest = "select md5(string_agg(t::text, '|' order by t::text)) from (select d.id::text || d.revision as t from care.note_draft d where d.visit_id = $1 "
            + "union all select n.id::text || n.current_version || n.status from care.note n where n.visit_id = $1 "
            + "union all select v::text from care.visit v where v.id = $1) x";
        var before = await app.ScalarAsync<string>(digest, Steps.IdOf(visit));

        var wrong = new List<string>();
        foreach (var (route, handlers) in await PageCases.ServedAsync(app.Services))
        {
            var page = PageCases.All.Single(c => c.Route.Equals(route, StringComparison.OrdinalIgnoreCase));
            if (page.Thing is Thing.None)
            {
                continue;
            }

            // Drafts are private to their author; the other records to their controller.
            var caller = page.Thing switch
            {
                Thing.Draft => colleague,
                Thing.Service or Thing.Staff => administrator,
                Thing.Link or Thing.BookingDraft => visitor,
                _ => masseur,
            };
            await caller.GetAsync(page.Thing is Thing.Link or Thing.BookingDraft ? "/account/sign-in" : "/customers");
            foreach (var handler in handlers)
            {
                var unknown = await AnswerAsync(caller, Fill(route, page.Thing == Thing.Link ? new string('a', 48) : Guid.NewGuid().ToString()), handler);
                var redirectsHome = page.Thing == Thing.BookingDraft && unknown.Contains("/book/expired", StringComparison.OrdinalIgnoreCase);
                if (!unknown.StartsWith("404", StringComparison.Ordinal) && !redirectsHome)
                {
                    wrong.Add($"unknown: {handler} {route}: {unknown[..Math.Min(120, unknown.Length)]}");
                }

                if (foreign.TryGetValue(page.Thing, out var id) && await AnswerAsync(caller, Fill(route, id), handler) is var another && another != unknown)
                {
                    wrong.Add($"another's: {handler} {route}: {another[..Math.Min(200, another.Length)]}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        (await app.ScalarAsync<string>(digest, Steps.IdOf(visit))).ShouldBe(before);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task APageWithoutAHandlerForTheMethod_Answers405(string method)
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var answer = await practitioner.RawAsync(new HttpRequestMessage(new HttpMethod(method), "/practice/day")
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", (await practitioner.GetAsync("/practice/add")).Token()!)]),
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("<h1");
    }

    [Fact]
    public async Task ACustomer_SeesAndDecidesNothingOfAnother()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var customer = await app.SignedInAsync(Roles.Customer);
        using var other = await app.SignedInAsync(Roles.Customer);
        var (mine, theirs) = (await app.CareVisitAsync(practitioner), await app.CareVisitAsync(practitioner));
        await customer.LinksAsync(practitioner, mine);
        await other.LinksAsync(practitioner, theirs);
        await practitioner.SignsNoteAsync(theirs, "Toisen merkintä");
        await practitioner.GetAsync(theirs);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", "Toisen lisätieto").Set("Extra.Text", "Toisen sisältö"));
        var id = await app.ScalarAsync<Guid>("select id from care.additional_data where title = 'Toisen lisätieto'");

        foreach (var path in new[] { "/my", "/my/access" })
        {
            await customer.GetAsync(path);
            customer.Text.ShouldNotContain("Toisen");
        }

        await customer.GetAsync("/my");
        foreach (var handler in new[] { "Approve", "Decline" })
        {
            var foreign = await AnswerAsync(customer, $"/my?id={id}", "POST " + handler);
            foreign.ShouldStartWith("404");
            foreign.ShouldBe(await AnswerAsync(customer, $"/my?id={Guid.NewGuid()}", "POST " + handler));
        }

        (await app.ScalarAsync<string>("select state from care.additional_data where id = $1", id)).ShouldBe("proposed");
    }

    private static string Fill(string route, string id) =>
        "/" + Regex.Replace(route.Replace("{status:int}", "404", StringComparison.Ordinal), "\\{[^}]*\\}", id);

    private static HttpRequestMessage Request(string path, string handler, string? token = null)
    {
        var (method, name) = handler.Split(' ') is [var m, var n] ? (m, n) : (handler, "");
        var address = name.Length == 0 ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "handler=" + name;
        return method == "GET"
            ? new HttpRequestMessage(HttpMethod.Get, address)
            : new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token ?? "")]) };
    }

    // Status, place and body without what differs in every answer; the caller stands on a page with an antiforgery token.
    private static async Task<string> AnswerAsync(Caller caller, string path, string handler)
    {
        using var answer = await caller.RawAsync(Request(path, handler, caller.Token()));
        var body = await answer.Content.ReadAsStringAsync();
        var shown = Regex.Replace(body, "[0-9a-f]{8}-[0-9a-f-]{27}|name=\"__RequestVerificationToken\"[^>]*>|nonce=\"[^\"]*\"|[0-9A-Z]{13}:[0-9A-F]{8}", "…");
        return $"{(int)answer.StatusCode} {answer.Headers.Location} {shown}";
    }
}
