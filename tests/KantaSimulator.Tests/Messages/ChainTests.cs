using KantaSimulator.Message;
using KantaSimulator.Tests.Samples;
using KantaSimulator.Xml;

namespace KantaSimulator.Tests.Messages;

/// <summary>Duplicates, version chains, the order rule, invalidation and retrieval: what depends on what the archive already holds.</summary>
public sealed class ChainTests : IAsyncLifetime
{
    private RunningSimulator simulator = null!;
    private readonly OwnSample serviceEvent = OwnSample.NewServiceEvent();
    private OwnSample note = null!;

    public async ValueTask InitializeAsync()
    {
        simulator = await RunningSimulator.StartAsync();
        note = OwnSample.NewNote(serviceEvent.ServiceEvent);
        await AcceptAsync(serviceEvent);
        await AcceptAsync(note);
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task SameDocument_SentAgain_IsAlreadyArchivedAndNotFiledTwice()
    {
        var first = OwnSample.NewNote(serviceEvent.ServiceEvent);
        var signed = first.Parts() with { Document = RunningSimulator.Signer.Sign(first.Parts().Document) };
        Assert.Equal("AA", (await simulator.SendAsync(signed.Compose())).Type);
        var again = await simulator.SendAsync(signed.Compose());
        Assert.Equal("AE", again.Type);
        Assert.Equal(["SIM-V10"], again.Errors);
        var ledger = await simulator.GetAsync("api/ledger");
        Assert.Equal(1, ledger.GetProperty("entries").EnumerateArray().Count(e => e.TryGetProperty("document", out var d)
            && d.GetProperty("id").GetString() == first.DocumentId && e.GetProperty("outcome").GetString() == "archived"));
    }

    [Fact]
    public async Task SameDocument_SentAgain_IsAcceptedWhereTheSwitchSaysSo()
    {
        await using var lenient = await RunningSimulator.StartAsync("--duplicate-same", "AA");
        var signed = serviceEvent.Parts() with { Document = RunningSimulator.Signer.Sign(serviceEvent.Parts().Document) };
        await lenient.SendAsync(signed.Compose());
        var again = await lenient.SendAsync(signed.Compose());
        Assert.Equal(("AA", "SIM-V10"), (again.Type, again.Errors.Single()));
    }

    [Fact]
    public Task SameId_OtherContent_IsRefused() => RefuseAsync(note with { Text = "Jotain muuta" }, "SIM-V11");

    [Fact]
    public async Task SameMessageId_Twice_IsRejected()
    {
        var message = OwnSample.NewNote(serviceEvent.ServiceEvent).Compose(RunningSimulator.Signer);
        Assert.Equal("AA", (await simulator.SendAsync(message)).Type);
        var again = await simulator.SendAsync(message);
        Assert.Equal("AR", again.Type);
        Assert.Contains("SIM-M04", again.Errors);
    }

    [Fact]
    public async Task Replacement_ContinuesTheChain_AndOnlyOnce()
    {
        await AcceptAsync(note.NextVersion());
        await RefuseAsync(note.NextVersion(), "SIM-V04");
        var document = await simulator.GetAsync($"api/documents/{note.DocumentId}");
        Assert.Equal("replaced", document.GetProperty("status").GetString());
        Assert.Equal(2, document.GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public Task Replacement_OfUnknown_IsRefused() => RefuseAsync(note.NextVersion() with { ParentId = OwnSample.NewOid(93) }, "SIM-V03");

    [Fact]
    public Task Replacement_WithAGap_IsRefused() => RefuseAsync(note.NextVersion() with { Version = 4 }, "SIM-V05");

    [Fact]
    public Task Replacement_OfAnotherSet_IsRefused() => RefuseAsync(note.NextVersion() with { SetId = OwnSample.NewOid(93) }, "SIM-V06");

    [Fact]
    public Task Replacement_OfAnotherPatient_IsRefused() =>
        RefuseAsync(note.NextVersion() with { PatientId = "020594X903P", Birth = "19940502" }, "SIM-V07", "SIM-V21");

    [Fact]
    public async Task Replacement_InAnotherServiceEvent_IsRefused()
    {
        var other = OwnSample.NewServiceEvent();
        await AcceptAsync(other);
        await RefuseAsync(note.NextVersion() with { ServiceEvent = other.ServiceEvent }, "SIM-V08");
    }

    [Fact]
    public Task Replacement_OfAnotherType_IsRefused() => RefuseAsync(note.NextVersion() with { IsServiceEvent = true }, "SIM-V13", "SIM-V24");

    [Fact]
    public async Task Note_BeforeItsServiceEvent_IsRefused_UnlessTheRuleIsOff()
    {
        var early = OwnSample.NewNote(OwnSample.NewOid(14011));
        await RefuseAsync(early, "SIM-V20");
        await using var free = await RunningSimulator.StartAsync("--order-rule", "off");
        Assert.Equal("AA", (await free.SendAsync(early)).Type);
    }

    [Fact]
    public Task SecondDocument_OfAServiceEvent_IsRefused() =>
        RefuseAsync(OwnSample.NewServiceEvent() with { ServiceEvent = serviceEvent.ServiceEvent }, "SIM-V24");

    [Fact]
    public async Task Documents_BeyondTheLimit_AreRefused()
    {
        await using var limited = await RunningSimulator.StartAsync("--max-documents", "2");
        var own = OwnSample.NewServiceEvent();
        var second = OwnSample.NewNote(own.ServiceEvent);
        Assert.Equal("AA", (await limited.SendAsync(own)).Type);
        Assert.Equal("AA", (await limited.SendAsync(second)).Type);
        Assert.Equal(["SIM-V23"], (await limited.SendAsync(OwnSample.NewNote(own.ServiceEvent))).Errors);
        Assert.Equal("AA", (await limited.SendAsync(second.NextVersion())).Type);
    }

    [Fact]
    public async Task SenderWithoutRight_GetsKelasOwnCode()
    {
        await using var closed = await RunningSimulator.StartAsync("--allow-sender", "1.2.246.10.1.1");
        var ack = await closed.SendAsync(OwnSample.NewServiceEvent());
        Assert.Equal(("AR", "5Y00009"), (ack.Type, ack.Errors.Single()));
        Assert.Contains("codeSystem=\"1.2.246.537.5.40112.2006\"", ack.Xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalidation_OfDocumentsThenServiceEvent_Works()
    {
        Assert.Contains("SIM-V32", (await simulator.SendAsync(OwnQuery.Invalidate(serviceEvent: serviceEvent.ServiceEvent))).Errors);
        Assert.Equal("AA", (await simulator.SendAsync(OwnQuery.Invalidate(document: note.DocumentId))).Type);
        Assert.Contains("SIM-V31", (await simulator.SendAsync(OwnQuery.Invalidate(document: note.DocumentId))).Errors);
        await RefuseAsync(note.NextVersion(), "SIM-V12");
        Assert.Equal("AA", (await simulator.SendAsync(OwnQuery.Invalidate(serviceEvent: serviceEvent.ServiceEvent))).Type);
        await RefuseAsync(OwnSample.NewNote(serviceEvent.ServiceEvent), "SIM-V22");
        Assert.Contains("SIM-V30", (await simulator.SendAsync(OwnQuery.Invalidate(document: "1.2.3"))).Errors);
        Assert.Contains("SIM-Q04", (await simulator.SendAsync(OwnQuery.Invalidate(document: "1.2.3").Replace("<reasonCode code=\"1\"/>", "", StringComparison.Ordinal))).Errors);
    }

    [Fact]
    public async Task Query_FindsByServiceEvent_AndFetchReturnsTheArchivedBytes()
    {
        using var response = await simulator.PostAsync(MessageParts.Envelope(OwnQuery.Query("SIM_IN_QUERY", $"<serviceEventId><value root=\"{serviceEvent.ServiceEvent}\"/></serviceEventId>")));
        var answer = SoapRequest.Read(await response.Content.ReadAsByteArrayAsync()).Message!;
        Assert.Equal("SIM_IN_QUERY_RESPONSE", answer.LocalName);
        Assert.Equal([serviceEvent.DocumentId, note.DocumentId], answer.At("controlActProcess").Elements("subject").Select(s => s.AttrAt("clinicalDocument/id", "root")));
        Assert.Equal("OK", answer.AttrAt("controlActProcess/queryAck/queryResponseCode", "code"));

        using var fetched = await simulator.PostAsync(MessageParts.Envelope(OwnQuery.Query("SIM_IN_FETCH", $"<documentId><value root=\"{note.DocumentId}\"/></documentId>")));
        var document = SoapRequest.Read(await fetched.Content.ReadAsByteArrayAsync()).Message!.At("controlActProcess/subject/clinicalDocument");
        var bytes = MimePart.Read(document.At("text")!.InnerText, (_, _) => { })!.Content;
        Assert.Equal(await simulator.Web.GetByteArrayAsync($"api/documents/{note.DocumentId}/xml"), bytes);
        Assert.Equal(document.At("sha256")!.InnerText, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Theory]
    [InlineData("SIM_IN_QUERY", "", "SIM-Q01")]
    [InlineData("SIM_IN_QUERY", "<colour><value root=\"1.2.3\"/></colour>", "SIM-Q02")]
    [InlineData("SIM_IN_QUERY", "<setId><value root=\"x\"/></setId>", "SIM-Q02")]
    [InlineData("SIM_IN_FETCH", "<setId><value root=\"1.2.3\"/></setId>", "SIM-Q01")]
    [InlineData("SIM_IN_FETCH", "<documentId><value root=\"1.2.3\"/></documentId>", "SIM-Q03")]
    public async Task Query_Wrong_IsRefused(string interaction, string parameters, string code) =>
        Assert.Contains(code, (await simulator.SendAsync(OwnQuery.Query(interaction, parameters))).Errors);

    [Fact]
    public async Task DocumentOfTheDenialForm_WithAnotherBodysSignature_IsRefused()
    {
        // A published denial document whose signature refers to another document's body; wrapped by us, since it was published without a wrapper.
        var document = await File.ReadAllTextAsync(SharedData.Message("KIE_Kielto_20170127.xml"));
        var wrapper = note.Parts();
        var ack = await simulator.SendAsync((wrapper with { Document = document }).Compose());
        Assert.Equal("AE", ack.Type);
        Assert.Contains("SIM-G09", ack.Errors);
        Assert.Contains("SIM-G11", ack.Errors);
        Assert.DoesNotContain("SIM-D02", ack.Errors);
    }

    private async Task AcceptAsync(OwnSample sample)
    {
        var ack = await simulator.SendAsync(sample);
        Assert.True(ack.Type == "AA", ack.Xml);
    }

    private async Task RefuseAsync(OwnSample sample, params string[] codes)
    {
        var ack = await simulator.SendAsync(sample);
        Assert.Equal("AE", ack.Type);
        Assert.Equal(codes, ack.Errors.Order());
    }
}
