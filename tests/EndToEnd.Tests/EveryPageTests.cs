using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>
/// Every page of every role, as it stands in the demonstration practice: axe finds nothing and nothing scrolls sideways at 360 px, light, and at
/// 1440 px, dark. Pages are found by following the application's own links.
/// </summary>
public sealed class EveryPageTests(RunningPractice practice, SharedBrowser chromium)
{
    private static readonly (int Width, ColorScheme Scheme)[] _looks = [(360, ColorScheme.Light), (1440, ColorScheme.Dark)];

    // One page of each kind is enough: identifiers and queries are not looked at.
    private static readonly Regex _identifier = new("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9][0-9A-Za-z._-]{9,}", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    [Theory]
    [InlineData("", "", "/|/book|/account/sign-in|/account/register|/account/forgotten-password|/account/invitation|/dev/codes|/dev/mail|/dev/style|/nothing")]
    [InlineData("pekka.esimerkki@example.fi", "", "/practice/day|/practice/add|/practice/attention|/customers|/account/security|/account/confirm|/account/denied|/privacy")]
    [InlineData("riitta.vastaanotto@example.fi", "", "/practice/day|/customers|/account/security")]
    [InlineData("tiina.tietosuoja@example.fi", "", "/privacy|/account/security")]
    [InlineData("maija.malli@example.fi", "administrator", "/admin/services|/admin/hours|/admin/staff|/admin/practice|/account/role")]
    [InlineData("helmi.hoidettava@example.fi", "", "/my|/my/access|/account/security|/account/authenticator")]
    public async Task Pages_OfEveryRole_AreAccessibleAndFitTheWindow(string email, string role, string first)
    {
        await practice.LivedInAsync();
        await using var person = await Person.ComesAsync(chromium.Browser, practice.Address);
        if (email.Length > 0)
        {
            await person.SignsInWithCodeAsync(email);
        }

        if (role.Length > 0)
        {
            await person.GoesToAsync("/account/role");
            await person.Page.Locator($"[name=Role][value={role}]").CheckAsync();
            await person.LeavesAsync(() => person.Page.Locator("main form button[type=submit]").ClickAsync());
        }

        var seen = new HashSet<string>();
        var waiting = new Queue<string>(first.Split('|'));
        var wide = new List<string>();
        while (waiting.TryDequeue(out var path))
        {
            if (!seen.Add(Kind(path)))
            {
                continue;
            }

            foreach (var (width, scheme) in _looks)
            {
                await person.Page.SetViewportSizeAsync(width, 900);
                await person.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await person.Page.GotoAsync(path);
                await person.LooksAgainAsync();
                if (await person.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - innerWidth") is > 0 and var over)
                {
                    wide.Add($"{path} is {over} px wider than {width}");
                }
            }

            foreach (var link in await person.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href'))"))
            {
                waiting.Enqueue(link);
            }
        }

        wide.ShouldBeEmpty();
        seen.Count.ShouldBeGreaterThanOrEqualTo(first.Split('|').Length);
    }

    private static string Kind(string path)
    {
        var end = path.IndexOfAny(['?', '#']);
        return _identifier.Replace(end < 0 ? path : path[..end], "*");
    }
}
