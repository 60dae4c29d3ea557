using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>Two customers want the same free time and confirm at the same moment.</summary>
public sealed class SameTimeTests(RunningPractice practice, SharedBrowser chromium)
{
    private const string Wish = "Oikea polvi.";

    [Fact]
    public async Task TwoConfirmTheSameTimeAtOnce_OneHasIt_TheOtherIsToldAndBooksTheNearestWithoutTypingAgain()
    {
        await using var aino = await Person.ComesAsync(chromium.Browser, practice.Address);
        await using var eeva = await Person.ComesAsync(chromium.Browser, practice.Address, width: 360);
        var (day, wanted) = await FindsATimeAsync(aino);
        await Task.WhenAll(FillsInAsync(aino, wanted, "Aino"), FillsInAsync(eeva, wanted, "Eeva"));

        var answers = await Task.WhenAll(ConfirmsAsync(aino), ConfirmsAsync(eeva));
        answers.ShouldBe([200, 409], ignoreOrder: true, "exactly one has the time");
        var (winner, loser, given) = answers[0] == 200 ? (aino, eeva, "Eeva") : (eeva, aino, "Aino");
        await winner.LooksAsync();
        await winner.SeesAsync("Aika on varattu");
        await loser.LooksAsync();
        await loser.SeesAsync("Tämä aika ehdittiin juuri varata");
        await loser.SeesAsync("Tietosi ovat tallessa");

        var nearest = loser.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Valitse tämä: ") });
        var offered = await nearest.EvaluateAllAsync<string[]>("buttons => buttons.map(b => b.value)");
        offered.Length.ShouldBe(5);
        offered.ShouldNotContain(StartOf(wanted));
        offered.ShouldAllBe(t => Math.Abs((At(t) - At(StartOf(wanted))).TotalHours) <= 24);
        await loser.LeavesAsync(() => nearest.First.ClickAsync());
        foreach (var kept in new[] { given, "Kilpailija", Mail(given), "040 123 4567", Wish })
        {
            await loser.SeesAsync(kept);
        }

        (await ConfirmsAsync(loser)).ShouldBe(200);
        await loser.LooksAsync();
        await loser.SeesAsync("Aika on varattu");
        await winner.GoesToAsync(day);
        var left = (await TimesAsync(winner)).Select(StartOf).ToList();
        left.ShouldNotBeEmpty();
        left.ShouldNotContain(StartOf(wanted));
        left.ShouldNotContain(offered[0]);
    }

    // The page of a day more than a week ahead, and of the details for a free time in its middle.
    private static async Task<(string Day, string Details)> FindsATimeAsync(Person visitor)
    {
        await visitor.GoesToAsync("/book");
        await visitor.FollowsAsync("Fysioterapia");
        if (visitor.Page.Url.Contains("/practitioner", StringComparison.Ordinal))
        {
            await visitor.LeavesByAsync(() => visitor.Page.Locator("main a[href*='/book/time']").First.ClickAsync());
        }

        await visitor.LeavesByAsync(() => visitor.Page.Locator("main a.day").Nth(9).ClickAsync());
        var times = await TimesAsync(visitor);
        return (new Uri(visitor.Page.Url).PathAndQuery, times[times.Length / 2]);
    }

    private static Task<string[]> TimesAsync(Person visitor) =>
        visitor.Page.Locator("main a.time").EvaluateAllAsync<string[]>("links => links.map(l => l.getAttribute('href'))");

    private static async Task FillsInAsync(Person visitor, string details, string given)
    {
        await visitor.GoesToAsync(details);
        await visitor.FillsInAsync("Etunimi", given);
        await visitor.FillsInAsync("Sukunimi", "Kilpailija");
        await visitor.FillsInAsync("Sähköposti", Mail(given));
        await visitor.FillsInAsync("Puhelin", "040 123 4567");
        await visitor.Page.Locator("[name='Input.Message']").FillAsync(Wish);
        await visitor.Page.Locator("[name='Input.Terms'][type=checkbox]").CheckAsync();
        await visitor.PressesAsync("Jatka");
    }

    // Returns the status of the page that the confirmation led to.
    private static async Task<int> ConfirmsAsync(Person visitor)
    {
        var answer = visitor.Page.WaitForResponseAsync(r => r.Request.IsNavigationRequest && r.Status is < 300 or >= 400);
        await visitor.LeavesAsync(() => visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Varaa aika", Exact = true }).ClickAsync());
        return (await answer).Status;
    }

    private static string StartOf(string details) => System.Web.HttpUtility.ParseQueryString(details[details.IndexOf('?', StringComparison.Ordinal)..])["start"]!;

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private static string Mail(string given) => $"{given.ToLowerInvariant()}.kilpailija@example.fi";
}
