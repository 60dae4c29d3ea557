using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Shouldly;

namespace EndToEnd.Tests;

/// <summary>Somebody at a browser of her own; every page she comes to is checked by axe, once, and for errors that the browser reports.</summary>
internal sealed class Person(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    // Milliseconds; what runs beside these tests may take most of the machine.
    private const int Patience = 60_000;

    private readonly HashSet<string> _checked = [];
    private readonly List<string> _complaints = [];

    public IPage Page => page;

    public static async Task<Person> ComesAsync(IBrowser browser, string address, int width = 1440)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address,
            Locale = "fi-FI",
            TimezoneId = "Europe/Helsinki",
            ViewportSize = new() { Width = width, Height = 900 },
            // Colours halfway through a transition have a contrast of their own.
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        var person = new Person(context, await context.NewPageAsync());
        person.Page.PageError += (_, error) => person._complaints.Add(error);
        person.Page.Console += (_, message) =>
        {
            // A refused form is answered by 4xx, which the browser reports too; what counts here are scripts and the content security policy.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                person._complaints.Add(message.Text);
            }
        };
        return person;
    }

    public async Task GoesToAsync(string path)
    {
        await page.GotoAsync(path);
        await LooksAsync();
    }

    public Task PressesAsync(string name) => LeavesByAsync(() => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync());

    /// <summary>A button whose work a script does on the page, or before it leaves.</summary>
    public Task TapsAsync(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();

    public Task FollowsAsync(string name) => LeavesByAsync(() => page.GetByRole(AriaRole.Link, new() { Name = name }).First.ClickAsync());

    /// <summary>Does something that leads to another page, or to the same one anew, and looks at what comes.</summary>
    public async Task LeavesByAsync(Func<Task> act)
    {
        await LeavesAsync(act);
        await LooksAsync();
    }

    public async Task LeavesAsync(Func<Task> act)
    {
        await page.EvaluateAsync("() => { window.leftBehind = true; }");
        await act();
        await StandsAsync("!window.leftBehind", "another page");
    }

    /// <summary>Waits until the address has the form, which may take several redirects, and the page stands.</summary>
    public async Task ArrivesAtAsync(Regex address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(address, new() { Timeout = Patience });
        await StandsAsync("true", address.ToString());
        await LooksAsync();
    }

    // Asked of the page itself: the driver's own waiting for a load event misses one that comes between its look and its subscription.
    private async Task StandsAsync(string condition, string what)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.ElapsedMilliseconds < Patience; await Task.Delay(20))
        {
            try
            {
                if (await page.EvaluateAsync<bool>($"() => document.readyState === 'complete' && {condition}"))
                {
                    return;
                }
            }
            catch (PlaywrightException) when (!page.IsClosed)
            {
                // Asked while one page gave way to the next.
                continue;
            }
        }

        throw new TimeoutException($"{page.Url}: waited {Patience / 1000} s for {what}.");
    }

    public Task FillsInAsync(string label, string text) => page.GetByLabel(label, new() { Exact = false }).First.FillAsync(text);

    /// <summary>The page must show the text; what it holds ready and hides does not count.</summary>
    public async Task SeesAsync(string text) => await Assertions.Expect(page.Locator("main")).ToContainTextAsync(text, new() { UseInnerText = true });

    /// <summary>Runs axe on the page as it stands; no violation is tolerated.</summary>
    public async Task LooksAsync()
    {
        _complaints.ShouldBeEmpty(page.Url);
        var place = new Uri(page.Url).AbsolutePath;
        if (_checked.Add(place))
        {
            await LooksAgainAsync();
        }
    }

    /// <summary>Runs axe whether or not the page was seen before: in another width, or in the dark.</summary>
    public async Task LooksAgainAsync()
    {
        var found = await page.RunAxe();
        found.Violations.Select(v => $"{page.Url}: {v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}").ShouldBeEmpty();
        _complaints.ShouldBeEmpty(page.Url);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    /// <summary>The demonstration accounts' second factor now: RFC 6238 with SHA-1, 30 seconds, six digits.</summary>
    public static string TotpCode()
    {
        var bits = string.Concat(Secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
        Array.Reverse(step);
#pragma warning disable CA5350 // The algorithm that authenticator applications use.
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        var number = ((hash[at] & 127) << 24 | hash[at + 1] << 16 | hash[at + 2] << 8 | hash[at + 3]) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }
}
