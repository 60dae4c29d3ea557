using System.Diagnostics;
using System.Net.Http.Json;
using KantaSimulator.Faults;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Faults;

/// <summary>Each fault does what section 8 of docs/simulator-wire.md says, ends when it should, and archives or not as promised.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private RunningSimulator simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await RunningSimulator.StartAsync();

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task Delay_SlowsTheNextRequestsOnly()
    {
        await simulator.FaultsAsync(new { kind = "delay", milliseconds = 400, count = 1 });
        var watch = Stopwatch.StartNew();
        await simulator.SendAsync(OwnSample.NewServiceEvent());
        Assert.True(watch.ElapsedMilliseconds >= 400);
        Assert.Equal(0, (await simulator.GetAsync("api/faults")).GetProperty("faults")[0].GetProperty("remaining").GetInt32());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(404)]
    public async Task Status_AnswersAtOnce_AndArchivesNothing(int status)
    {
        await simulator.FaultsAsync(new { kind = "status", status, retryAfter = 7, count = 1 });
        using var response = await PostAsync(OwnSample.NewServiceEvent());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("7", response.Headers.RetryAfter!.ToString());
        await AssertDocumentsAsync(0);
        Assert.Equal("AA", (await simulator.SendAsync(OwnSample.NewServiceEvent())).Type);
    }

    [Fact]
    public async Task TooMany_CarriesRetryAfterAsADate()
    {
        await simulator.FaultsAsync(new { kind = "too-many", retryAfterDate = 60 });
        using var response = await PostAsync(OwnSample.NewServiceEvent());
        Assert.Equal(429, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter!.Date);
    }

    [Fact]
    public async Task Refuse_ByRule_HitsOnlyWhatMatches()
    {
        var serviceEvent = OwnSample.NewServiceEvent();
        await simulator.FaultsAsync(new { kind = "refuse", code = "SIM-W08", type = "AR", match = new { documentType = "1" } });
        Assert.Equal("AA", (await simulator.SendAsync(serviceEvent)).Type);
        var ack = await simulator.SendAsync(OwnSample.NewNote(serviceEvent.ServiceEvent));
        Assert.Equal(("AR", "SIM-W08"), (ack.Type, ack.Errors.Single()));
        await AssertDocumentsAsync(1);
    }

    [Fact]
    public async Task Refuse_ByShare_HitsAboutThatShare()
    {
        await simulator.FaultsAsync(new { kind = "refuse", share = 0.3, seed = 5 });
        var refused = 0;
        for (var i = 0; i < 60; i++)
            refused += (await simulator.SendAsync(OwnSample.NewServiceEvent())).Type == "AE" ? 1 : 0;
        Assert.InRange(refused, 8, 30);
    }

    [Theory]
    [InlineData("before-archiving", "fin", 0)]
    [InlineData("before", "fin", 1)]
    [InlineData("before", "rst", 1)]
    [InlineData("in-headers", "fin", 1)]
    [InlineData("after-headers", "rst", 1)]
    [InlineData("within", "fin", 1)]
    [InlineData("within", "rst", 1)]
    [InlineData("last-byte", "fin", 1)]
    public async Task LostAcknowledgement_IsAnErrorToTheSender_WhateverWasArchived(string when, string how, int archived)
    {
        await simulator.FaultsAsync(new { kind = "lose-ack", when, how, count = 1 });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(OwnSample.NewServiceEvent()));
        await AssertDocumentsAsync(archived);
    }

    [Fact]
    public async Task LostAfterTheLastByte_StillReadsWhole()
    {
        await simulator.FaultsAsync(new { kind = "lose-ack", when = "after", count = 1 });
        Assert.Equal("AA", (await simulator.SendAsync(OwnSample.NewServiceEvent())).Type);
    }

    [Fact]
    public async Task ForeignTargetlessAndUnknown_AreAnsweredWrongly()
    {
        foreach (var (variant, check) in new (string, Func<Ack, bool>)[]
        {
            ("foreign", a => a.Target == "1.2.246.556.18007.2.9.1.1"), ("no-target", a => a.Target.Length == 0), ("unknown-type", a => a.Type == "XX"),
            ("duplicate-in-body", a => a.Xml.Split("<acknowledgement>").Length == 3),
        })
        {
            await simulator.FaultsAsync(new { kind = "ack", variant, count = 1 });
            var ack = await simulator.SendAsync(OwnSample.NewServiceEvent());
            Assert.True(check(ack), ack.Xml);
        }

        await AssertDocumentsAsync(4);
    }

    [Fact]
    public async Task Swapped_GivesEachTheOthersAcknowledgement()
    {
        await simulator.FaultsAsync(new { kind = "ack", variant = "swapped", milliseconds = 10_000 });
        string[] messages = [OwnSample.NewServiceEvent().Compose(RunningSimulator.Signer), OwnSample.NewServiceEvent().Compose(RunningSimulator.Signer)];
        var acks = await Task.WhenAll(messages.Select(simulator.SendAsync));
        Assert.Contains(acks[0].Target, messages[1], StringComparison.Ordinal);
        Assert.Contains(acks[1].Target, messages[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LatePrevious_AnswersForTheRequestBefore()
    {
        var first = OwnSample.NewServiceEvent().Compose(RunningSimulator.Signer);
        await simulator.SendAsync(first);
        await simulator.FaultsAsync(new { kind = "ack", variant = "late-previous", count = 1 });
        Assert.Contains((await simulator.SendAsync(OwnSample.NewServiceEvent())).Target, first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trickle_IsSlow()
    {
        await simulator.FaultsAsync(new { kind = "trickle", bytesPerSecond = 2000, count = 1 });
        var watch = Stopwatch.StartNew();
        Assert.Equal("AA", (await simulator.SendAsync(OwnSample.NewServiceEvent())).Type);
        Assert.True(watch.ElapsedMilliseconds > 300, $"{watch.ElapsedMilliseconds} ms");
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("closed")]
    public async Task Down_UntilTold_AndUpAgainOnTheSamePort(string mode)
    {
        await simulator.SendAsync(OwnSample.NewServiceEvent());
        await simulator.FaultsAsync(new { kind = "down", mode });
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(OwnSample.NewServiceEvent()));
        using (var fresh = RunningSimulator.NewConnector())
            await Assert.ThrowsAsync<HttpRequestException>(() => simulator.PostAsync("<a/>", connector: fresh));
        await simulator.Web.DeleteAsync("api/faults");
        Assert.Equal("AA", (await RetryAsync()).Type);
    }

    [Fact]
    public async Task Down_Hanging_NeverAnswers()
    {
        await simulator.FaultsAsync(new { kind = "down", mode = "hang" });
        using var patience = new CancellationTokenSource(500);
        using var fresh = RunningSimulator.NewConnector();
        using var content = new StringContent("<a/>");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fresh.PostAsync(simulator.Simulator.Mr, content, patience.Token));
    }

    [Theory]
    [InlineData("server-expired")]
    [InlineData("server-not-yet-valid")]
    [InlineData("wrong-name")]
    [InlineData("wrong-ca")]
    [InlineData("self-signed")]
    [InlineData("tls11")]
    [InlineData("reset")]
    [InlineData("garbage")]
    [InlineData("client-refused")]
    public async Task Tls_GoneWrong_EndsTheNextHandshakeOnly(string variant)
    {
        await simulator.FaultsAsync(new { kind = "tls", variant, count = 1 });
        using var fresh = RunningSimulator.NewConnector();
        await Assert.ThrowsAsync<HttpRequestException>(() => simulator.PostAsync("<a/>", connector: fresh));
        Assert.Equal("AA", (await simulator.SendAsync(OwnSample.NewServiceEvent())).Type);
    }

    [Fact]
    public async Task ClientCertificate_OfAnotherCa_Gets403()
    {
        using var authority = Hosting.DevCertificates.MakeAuthority("CN=Toinen", TimeProvider.System.GetUtcNow());
        using var stranger = Hosting.DevCertificates.MakeSystem(authority, TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var connector = RunningSimulator.NewConnector(stranger);
        using var response = await simulator.PostAsync("<a/>", connector: connector);
        Assert.Equal(403, (int)response.StatusCode);
        Assert.StartsWith("SIM-T02", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"faults\":[{\"kind\":\"earthquake\"}]}")]
    [InlineData("{\"faults\":[{\"kind\":\"delay\"}]}")]
    [InlineData("{\"faults\":[{\"kind\":\"delay\",\"milliseconds\":1,\"colour\":\"red\"}]}")]
    [InlineData("{\"faults\":[{\"kind\":\"garbage\",\"variant\":\"unheard-of\"}]}")]
    [InlineData("{\"faults\":[{\"kind\":\"down\",\"mode\":\"closed\",\"match\":{\"setId\":\"1\"}}]}")]
    [InlineData("{\"faults\":[{\"kind\":\"ack\",\"variant\":\"foreign\",\"path\":\"fhir\"}]}")]
    [InlineData("[]")]
    public async Task Fault_ThatNoCodeActsOn_Is400(string json)
    {
        using var content = new StringContent(json);
        using var response = await simulator.Web.PostAsync("api/faults", content);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Faults_FromAnotherSite_Are403()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/faults") { Content = JsonContent.Create(new { faults = Array.Empty<object>() }) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await simulator.Web.SendAsync(request);
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public void Spec_ReadsAllParts() => Assert.Equivalent(
        new Fault { Kind = "refuse", Code = "SIM-F01", Share = 0.5, Count = 2, Match = new Dictionary<string, string> { ["documentType"] = "1" } },
        FaultParser.ParseSpec("refuse:code=SIM-F01,share=0.5,count=2,match.documentType=1"));

    private Task<HttpResponseMessage> PostAsync(OwnSample sample) => simulator.PostAsync(MessageParts.Envelope(sample.Compose(RunningSimulator.Signer)));

    private async Task<Ack> RetryAsync()
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                return await simulator.SendAsync(OwnSample.NewServiceEvent());
            }
            catch (HttpRequestException) when (attempt < 20)
            {
                await Task.Delay(100);
            }
    }

    private async Task AssertDocumentsAsync(int count) => Assert.Equal(count, (await simulator.GetAsync("api/status")).GetProperty("documents").GetInt32());
}
