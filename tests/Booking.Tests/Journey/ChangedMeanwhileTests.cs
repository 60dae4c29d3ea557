using System.Net;
using System.Text.RegularExpressions;
using Booking.Messages;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>The wanted time goes while its details are written, and what mails say of a booking that is moved and cancelled.</summary>
public sealed class ChangedMeanwhileTests(PracticeApp app)
{
    [Fact]
    public async Task Details_SentForATimeThatHasPassed_KeepsWhatWasTyped_AndOffersFreeTimesToBook()
    {
        using var visitor = app.Visitor();
        var form = await DetailsAsync(visitor);
        // The page stood open while its time went by.
        form.Action = Regex.Replace(form.Action, "start=[^&]*", "start=" + Uri.EscapeDataString($"{DateTime.UtcNow.AddMinutes(-5):yyyy-MM-dd'T'HH:mm'Z'}"));
        await visitor.SendAsync(form);
        visitor.Main.ShouldContain("Tämä aika on jo mennyt tai liian lähellä");
        await TakesAnotherAsync(visitor);
    }

    [Fact]
    public async Task Details_SentForATimeOutsideTheHoursOfNow_KeepsWhatWasTyped_AndOffersFreeTimesToBook()
    {
        using var visitor = app.Visitor();
        var form = await DetailsAsync(visitor);
        // Hours that end earlier than when the page was made: nobody works at 23 now.
        form.Action = Regex.Replace(form.Action, "start=[^&]*", "start=" + Uri.EscapeDataString($"{DateTime.UtcNow.AddDays(4):yyyy-MM-dd}T20:00Z"));
        await visitor.SendAsync(form);
        visitor.Main.ShouldContain("Tätä aikaa ei voi varata");
        await TakesAnotherAsync(visitor);
    }

    [Fact]
    public async Task Details_OpenedAgainForATimeThatHasPassed_OffersOtherTimes_WithWhatWasTyped()
    {
        using var visitor = app.Visitor();
        await visitor.SendAsync(await DetailsAsync(visitor));
        var change = visitor.Find("href=\"(/book/details[^\"]*)\"");
        await visitor.GetAsync(Regex.Replace(change, "start=[^&]*", "start=" + Uri.EscapeDataString($"{DateTime.UtcNow.AddMinutes(-5):yyyy-MM-dd'T'HH:mm'Z'}")));
        visitor.Address.ShouldStartWith("/book/time");
        visitor.Main.ShouldContain("Tämä aika on jo mennyt tai liian lähellä");
        await visitor.GetAsync(Regex.Matches(visitor.Text, "href=\"(/book/details[^\"]*)\"")[^1].Groups[1].Value);
        visitor.Text.ShouldContain("value=\"Hidas\"");
        visitor.Text.ShouldContain("value=\"040 765 4321\"");
    }

    [Fact]
    public async Task AnotherServiceAndTime_ChosenFromTheCheckPage_KeepWhatWasTyped()
    {
        using var visitor = app.Visitor();
        await visitor.SendAsync(await DetailsAsync(visitor));
        await visitor.GetAsync(visitor.Find("href=\"(/book\\?draft=[^\"]*)\""));
        await visitor.GetAsync(visitor.Find("href=\"(/book/(?:time|practitioner)[^\"]*)\""));
        if (visitor.Address.StartsWith("/book/practitioner", StringComparison.Ordinal))
        {
            await visitor.GetAsync(visitor.Find("href=\"(/book/time[^\"]*)\""));
        }

        await visitor.GetAsync(Regex.Matches(visitor.Text, "href=\"(/book/details[^\"]*)\"")[^1].Groups[1].Value);
        await visitor.SendAsync(visitor.Form("Input.FamilyName"));
        visitor.Address.ShouldStartWith("/book/check/");
        visitor.Main.ShouldContain("Helmi Hidas");
    }

    [Fact]
    public async Task BackAfterTheBooking_LeadsToTheBooking_FromEveryPageOnWhichItWasMade()
    {
        using var visitor = app.Visitor();
        await visitor.SendAsync(await DetailsAsync(visitor));
        var (check, details) = (visitor.Address, visitor.Find("href=\"(/book/details[^\"]*)\""));
        var (confirm, change) = (visitor.Form("__RequestVerificationToken"), (await visitor.GetAsync(details)).Form("Input.FamilyName"));
        await visitor.SendAsync(confirm);
        var booking = visitor.Address.Split('?')[0];
        foreach (var back in new Func<Task>[] { () => visitor.GetAsync(check), () => visitor.GetAsync(details), () => visitor.SendAsync(change) })
        {
            await back();
            visitor.Address.ShouldBe(booking + "?again=true");
            visitor.Main.ShouldContain("Tämä varaus on jo tehty");
        }

        await visitor.SendAsync(confirm);
        visitor.Address.ShouldBe(booking + "?done=true", "a second click is answered as the first");
    }

    [Fact]
    public async Task ManyDraftsInOneBrowser_StayWithinWhatTheServerTakes()
    {
        using var visitor = app.Visitor();
        for (var i = 0; i < 16; i++)
        {
            await visitor.SendAsync((await DetailsAsync(visitor)).Set("Input.Message", new string('€', 500)));
            visitor.Address.ShouldStartWith("/book/check/");
        }
    }

    [Theory]
    [InlineData("fi", "Aikasi on varattu: ", "Aikasi on siirretty: ", "Aikasi on peruttu: ")]
    [InlineData("sv", "Din tid är bokad: ", "Din tid är flyttad: ", "Din tid är avbokad: ")]
    [InlineData("en", "Your time is booked: ", "Your time has been moved: ", "Your time is cancelled: ")]
    public async Task Mails_OfABookingMovedAndCancelled_AreOneCalendarEntryInTheCustomersLanguage(string language, string booked, string moved, string cancelled)
    {
        using var visitor = app.Visitor(language);
        var email = $"{Guid.NewGuid():N}@example.fi";
        var (id, link) = await app.BooksAsync(visitor, email: email);
        var first = await MailAsync(email, 1);
        // Far enough ahead to be cancelled afterwards.
        await visitor.LooksAheadAsync(link + "/move", 6);
        await visitor.PostAsync(link + "/move", [new("start", Starts(visitor)[^1])]);
        visitor.Address.ShouldContain("moved=true");
        var second = await MailAsync(email, 2);
        await visitor.GetAsync(link + "?cancel=true");
        await visitor.SendAsync(visitor.Form("Cancel"));
        var third = await MailAsync(email, 3);

        new[] { first, second, third }.Select(m => m.Subject).Zip([booked, moved, cancelled], (s, start) => s.StartsWith(start, StringComparison.Ordinal))
            .ShouldAllBe(starts => starts);
        Mail[] mails = [first, second, third];
        mails.Select(m => m.Calendar!.Method).ShouldBe(["REQUEST", "REQUEST", "CANCEL"]);
        mails.Select(m => Line(m, "METHOD")).ShouldBe(["REQUEST", "REQUEST", "CANCEL"]);
        mails.Select(m => Line(m, "UID")).ShouldAllBe(u => u == id.ToString());
        mails.Select(m => Line(m, "SEQUENCE")).ShouldBe(["0", "1", "2"]);
        mails.Select(m => Line(m, "STATUS")).ShouldBe(["CONFIRMED", "CONFIRMED", "CANCELLED"]);
    }

    private async Task<Booking.Host.Check.PageForm> DetailsAsync(Caller visitor)
    {
        await visitor.LooksAheadAsync($"/book/time?service={await app.OwnServiceAsync()}", 4);
        await visitor.GetAsync(visitor.Find("class=\"time\" href=\"(/book/details[^\"]*)\""));
        return visitor.Form("Input.FamilyName").Set("Input.GivenNames", "Helmi").Set("Input.FamilyName", "Hidas").Set("Input.Phone", "040 765 4321").Set("Input.Terms", "true");
    }

    private static async Task TakesAnotherAsync(Caller visitor)
    {
        visitor.Status.ShouldBe(HttpStatusCode.OK);
        visitor.Main.ShouldContain("Tietosi ovat tallessa");
        var times = Starts(visitor);
        times.Count.ShouldBe(5);
        // Not the first: the hour may become full meanwhile.
        await visitor.PostAsync(visitor.Form("Time").Action, [new("start", times[^1])]);
        visitor.Main.ShouldContain("Helmi Hidas");
        visitor.Main.ShouldContain("040 765 4321");
        await visitor.SendAsync(visitor.Form("__RequestVerificationToken"));
        visitor.Main.ShouldContain("Aika on varattu");
    }

    private async Task<Mail> MailAsync(string to, int number)
    {
        for (var i = 0; i < 4800; i++)
        {
            lock (app.Mail.Mails)
            {
                if (app.Mail.Mails.Where(m => m.To == to).ElementAtOrDefault(number - 1) is { } mail)
                {
                    return mail;
                }
            }

            await Task.Delay(25);
        }

        throw new InvalidOperationException($"Mail {number} to {to} did not come.");
    }

    // The times that the page's buttons take.
    private static List<string> Starts(Caller visitor) =>
        [.. Regex.Matches(visitor.Text, "<button[^>]*value=\"([0-9-]{10}T[0-9:]{5}Z)\"").Select(m => m.Groups[1].Value)];

    private static string Line(Mail mail, string name) => Regex.Match(mail.Calendar!.Content, $"^{name}:(.*?)\r$", RegexOptions.Multiline).Groups[1].Value;
}
