using Deque.AxeCore.Playwright;
using KantaSimulator.Tests.Samples;
using Microsoft.Playwright;

namespace KantaSimulator.Tests.Web;

/// <summary>axe finds nothing on any page, wide and narrow, light and dark; no console error, no sideways scrolling of the page.</summary>
public sealed class AccessibilityTests
{
    private const string Chromium = "/usr/bin/chromium";

    [Theory]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    public async Task EveryPage_IsCleanByAxe(int width, ColorScheme scheme)
    {
        Assert.SkipUnless(File.Exists(Chromium), "chromium is not installed (Debian package chromium)");
        await using var simulator = await RunningSimulator.StartAsync();
        var serviceEvent = OwnSample.NewServiceEvent();
        var note = OwnSample.NewNote(serviceEvent.ServiceEvent);
        var second = note.NextVersion();
        foreach (var sample in new[] { serviceEvent, note, second, note with { Text = "Toinen" } })
            await simulator.SendAsync(sample);
        var refused = (await simulator.GetAsync("api/ledger")).GetProperty("head").GetProperty("seq").GetInt64();
        await simulator.FaultsAsync(new { kind = "status", status = 503, count = 5, match = new { documentType = "1" } });

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
        // axe is injected as a script, which the pages' own policy rightly forbids.
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme, BypassCSP = true });
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.AddRange(message.Type == "error" ? [message.Text] : []);
        foreach (var path in new[]
        {
            "", "?q=nothing-like-it", $"documents/{second.DocumentId}", $"documents/{second.DocumentId}/raw", $"documents/{second.DocumentId}/compare?with={note.DocumentId}",
            "messages", $"messages/{refused}", $"messages/{refused}/raw", "faults", "appointments",
        })
        {
            await page.GotoAsync(new Uri(simulator.Simulator.Web, path).ToString());
            var violations = (await page.RunAxe()).Violations;
            Assert.True(violations.Length == 0, $"/{path}: {string.Join("; ", violations.Select(v => $"{v.Id} {v.Help} {v.Nodes.FirstOrDefault()?.Html}"))}");
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"/{path} scrolls sideways at {width}");
        }

        Assert.Empty(complaints);
        if (Environment.GetEnvironmentVariable("SIMULATOR_SCREENSHOTS") is { } folder)
            foreach (var (name, path) in new[] { ("list", ""), ("document", $"documents/{second.DocumentId}"), ("report", $"messages/{refused}"), ("faults", "faults") })
            {
                await page.GotoAsync(new Uri(simulator.Simulator.Web, path).ToString());
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}.png"), FullPage = true });
            }
    }
}
