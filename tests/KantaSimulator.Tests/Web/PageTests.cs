using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Web;

/// <summary>The pages show what was archived, encode what is foreign, and change state only by a same-origin POST.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private RunningSimulator simulator = null!;
    private readonly OwnSample serviceEvent = OwnSample.NewServiceEvent();
    private OwnSample note = null!;

    public async ValueTask InitializeAsync()
    {
        simulator = await RunningSimulator.StartAsync();
        note = OwnSample.NewNote(serviceEvent.ServiceEvent) with { Text = "Nivel on &lt;script&gt;alert(1)&lt;/script&gt; turvoksissa." };
        Assert.Equal("AA", (await simulator.SendAsync(serviceEvent)).Type);
        Assert.Equal("AA", (await simulator.SendAsync(note)).Type);
        Assert.Equal("AA", (await simulator.SendAsync(note.NextVersion())).Type);
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task Document_IsReadable_AndItsTextIsNeverMarkup()
    {
        var page = await simulator.Web.GetStringAsync($"documents/{note.DocumentId}");
        Assert.Contains("Nivel on &lt;script&gt;alert(1)&lt;/script&gt; turvoksissa.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("TESTI TIINA", page, StringComparison.Ordinal);
        Assert.Contains("Compare with version 2", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_FindsByWhatIsTyped()
    {
        Assert.Contains("3 documents", await simulator.Web.GetStringAsync("?q=TIINA"), StringComparison.Ordinal);
        Assert.Contains(note.DocumentId, await simulator.Web.GetStringAsync($"?q={note.DocumentId}"), StringComparison.Ordinal);
        Assert.Contains("Nothing matches", await simulator.Web.GetStringAsync("?q=%3Cb%3E"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_ShowsWhatChanged()
    {
        var second = (await simulator.GetAsync($"api/documents/{note.DocumentId}")).GetProperty("versions")[1].GetProperty("document").GetProperty("id").GetString();
        var page = await simulator.Web.GetStringAsync($"documents/{second}/compare?with={note.DocumentId}");
        Assert.Contains("1 lines removed, 1 added", page, StringComparison.Ordinal);
        Assert.Contains("<ins>+ ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_OfServiceEventDocuments_ShowsWhatTheirHeadersSayDifferently()
    {
        var next = serviceEvent.NextVersion();
        Assert.Equal("AA", (await simulator.SendAsync(next)).Type);
        var page = await simulator.Web.GetStringAsync($"documents/{serviceEvent.DocumentId}/compare?with={next.DocumentId}");
        Assert.Contains("versionNumber: value 1</del>", page, StringComparison.Ordinal);
        Assert.Contains($"relatedDocument/parentDocument/id: root {serviceEvent.DocumentId}</ins>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("These documents have no text", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_NamesAddressesCertificatesFaultsOptionsAndCodes()
    {
        var page = await simulator.Web.GetStringAsync("guide");
        foreach (var said in new[] { $"{simulator.Simulator.Mr}", $"{simulator.Simulator.Fhir}", Path.Combine(RunningSimulator.CertificateFolder, "client-key.pem"), "--max-documents N", "SIM-V20" })
            Assert.Contains(said, page, StringComparison.Ordinal);
        var switches = await simulator.Web.GetStringAsync("faults");
        foreach (var kind in (await simulator.GetAsync("api/faults/kinds")).EnumerateArray().Select(k => k.GetProperty("name").GetString()!))
        {
            Assert.Contains($"<code>{kind}</code>", page, StringComparison.Ordinal);
            Assert.Contains($"<code>{kind}</code>", switches, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Report_ShowsThreeLayersWithCodesInBothLanguages()
    {
        await simulator.SendAsync(note with { Text = "Toinen" });
        var seq = (await simulator.GetAsync("api/ledger")).GetProperty("head").GetProperty("seq").GetInt64();
        var page = await simulator.Web.GetStringAsync($"messages/{seq}");
        Assert.Contains("SIM-V11", page, StringComparison.Ordinal);
        Assert.Contains("Asiakirjan tunnus on jo k", page, StringComparison.Ordinal);
        Assert.Contains("Ei huomautettavaa", page, StringComparison.Ordinal);
        Assert.Contains("RCMR_IN100002FI01", await simulator.Web.GetStringAsync($"messages/{seq}/raw"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switches_WorkByForm_AndAreRefusedFromElsewhere()
    {
        using var form = new FormUrlEncodedContent([new("spec", "status:status=503,count=2"), new("mode", "replace")]);
        using var page = await simulator.Web.PostAsync("faults", form);
        Assert.Contains("status 503", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, (await simulator.GetAsync("api/faults")).GetProperty("faults").GetArrayLength());

        using var wrong = await simulator.Web.PostAsync("faults", new FormUrlEncodedContent([new("spec", "earthquake")]));
        Assert.Equal(400, (int)wrong.StatusCode);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, "faults") { Content = new FormUrlEncodedContent([new("spec", "")]) };
        elsewhere.Headers.Add("Origin", "http://evil.example");
        using var refused = await simulator.Web.SendAsync(elsewhere);
        Assert.Equal(403, (int)refused.StatusCode);
        Assert.Equal(1, (await simulator.GetAsync("api/faults")).GetProperty("faults").GetArrayLength());
    }

    [Theory]
    [InlineData("documents/1.2.3")]
    [InlineData("documents/1.2.3/raw")]
    [InlineData("messages/99999")]
    [InlineData("messages/x")]
    [InlineData("nowhere")]
    public async Task Unknown_Is404(string path)
    {
        using var response = await simulator.Web.GetAsync(path);
        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task Reset_IsForThrowAwaySimulatorsOnly()
    {
        using var refused = await simulator.Web.PostAsync("api/reset", null);
        Assert.Equal(403, (int)refused.StatusCode);
        await using var throwAway = await RunningSimulator.StartAsync("--throw-away");
        Assert.Equal("AA", (await throwAway.SendAsync(serviceEvent)).Type);
        using var reset = await throwAway.Web.PostAsync("api/reset", null);
        Assert.Equal(200, (int)reset.StatusCode);
        Assert.Equal(0, (await throwAway.GetAsync("api/status")).GetProperty("documents").GetInt32());
        Assert.Equal("AA", (await throwAway.SendAsync(serviceEvent)).Type);
    }
}
