using System.Text.Json;
using KantaConnector.Queue;
using KantaConnector.Retrieval;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Verbs;
using Shouldly;

namespace KantaConnector.Tests.Retrieval;

/// <summary>What we archived, asked back from the real simulator process.</summary>
public sealed class CompareTests : IAsyncLifetime
{
    private readonly KantaDatabase database = new();
    private readonly Submission[] queued = Node.Event(1);
    private SimulatorProcess simulator = null!;
    private Node node = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        simulator = await SimulatorProcess.Start();
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        // Questions are not repeated: a busy machine's simulator may take its time.
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        node = new Node(database.ConnectionString, database.Keys, settings);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    private string EventOid => queued[0].ServiceEventOid!;

    private async Task<(int Code, CopyReport[] Reports)> Compare(params string[] which)
    {
        var text = new StringWriter();
        var code = await CompareVerb.RunAsync(node.Services, which, json: true, text, CancellationToken.None);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
        return (code, [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<CopyReport>(line, options)!)]);
    }

    private async Task Archived()
    {
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(database);
    }

    [Fact]
    public async Task Compare_WhatWeArchived_IsTheSameByteForByteAndLogged()
    {
        await Archived();
        var (code, reports) = await Compare(EventOid);
        code.ShouldBe(0);
        reports.Select(report => report.Oid).Order().ShouldBe(queued.Select(submission => submission.Oid).Order());
        reports.ShouldAllBe(report => report.Verdict == CopyVerdict.Same && report.Sha256Here == report.Sha256There && report.StateHere == "archived");
        (await database.Scalar<long>("select count(*) from care.access_leaf where interaction = 'read' and resource_type = 'KantaDocument'")).ShouldBe(queued.Length);
    }

    [Fact]
    public async Task Compare_OneDocument_TakesItsWholeChain()
    {
        await Archived();
        var note = queued[1];
        (await Compare(note.Oid)).Reports.Select(report => report.Version).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Compare_BytesDifferHere_IsToldWithBothHashes()
    {
        await Archived();
        await using (var owner = Npgsql.NpgsqlDataSource.Create(database.OwnerConnectionString))
        await using (var change = owner.CreateCommand(
            $"""
            alter table kanta.document disable trigger signed_bytes_are_fixed;
            update kanta.document set sha256 = decode(repeat('00', 32), 'hex') where oid = '{queued[1].Oid}'
            """))
        {
            await change.ExecuteNonQueryAsync();
        }
        var (code, reports) = await Compare(queued[1].Oid);
        code.ShouldBe(1);
        reports.Single(report => report.Oid == queued[1].Oid).Verdict.ShouldBe(CopyVerdict.Differs);
    }

    [Fact]
    public async Task Compare_RestoredDatabase_SeesWhatTheArchiveHoldsBeyondIt()
    {
        await Archived();
        var correction = queued[^1];
        await database.Execute("delete from kanta.attempt where document_id = (select id from kanta.document where oid = $1)", correction.Oid);
        await database.Execute("delete from kanta.document where oid = $1", correction.Oid);
        await database.Execute("update kanta.document set state = 'queued', available_at = 'infinity' where oid = $1", queued[1].Oid);
        var (code, reports) = await Compare(queued[1].Oid);
        code.ShouldBe(1);
        reports.Select(report => (report.Version, report.Verdict, report.StateHere)).ShouldBe([(1, CopyVerdict.Same, "queued"), (2, CopyVerdict.UnknownHere, null)]);
    }

    [Fact]
    public async Task Compare_NeverSent_IsNotInTheArchive()
    {
        await node.Queue(queued);
        var (code, reports) = await Compare(EventOid);
        code.ShouldBe(0);
        reports.ShouldAllBe(report => report.Verdict == CopyVerdict.NotInArchive && report.StateHere == "queued");
    }

    [Fact]
    public async Task Compare_ArchiveDown_SaysSoForEachDocument()
    {
        await Archived();
        await simulator.Faults(new { faults = new[] { new { kind = "status", status = 503 } } });
        var (code, reports) = await Compare(EventOid);
        code.ShouldBe(1);
        reports.ShouldAllBe(report => report.Verdict == CopyVerdict.NoAnswer && report.Reason == "HTTP 503");
    }

    [Fact]
    public async Task Ask_UnknownDocument_IsFoundNowhereAndCannotBeFetched()
    {
        var ask = node.Get<AskArchive>();
        var unknown = $"{Some.Root}.11.2026.1.99999";
        (await ask.QueryAsync(new ArchiveCriteria { DocumentOid = unknown }, KantaDatabase.ControllerId, CancellationToken.None))
            .ShouldBeOfType<ArchiveReply.Found>().Copies.ShouldBeEmpty();
        (await ask.FetchAsync(unknown, KantaDatabase.ControllerId, CancellationToken.None)).ShouldBeOfType<ArchiveReply.NoAnswer>().Reason.ShouldContain("SIM-Q03");
    }
}
