using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>A worker process is killed (SIGKILL) at a chosen point; a successor must finish what it left.</summary>
public sealed class KilledProcessTests : IAsyncLifetime
{
    private readonly TestCertificates certificates = new();
    private readonly KantaDatabase database = new();
    private ArchiveSink sink = null!;
    private Dictionary<string, string?> settings = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        sink = await ArchiveSink.Start(certificates.Server());
        settings = Node.Settings(sink.Address, certificates.CaFile, certificates.Client());
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
    }

    public async ValueTask DisposeAsync()
    {
        await sink.DisposeAsync();
        await database.DisposeAsync();
        certificates.Dispose();
    }

    [Theory]
    [InlineData("claim: before commit", 1)]
    [InlineData("claim: committed", 2)]
    [InlineData("send: before the first byte", 2)]
    [InlineData("send: answered", 1)]
    [InlineData("record: before commit", 2)]
    [InlineData("record: committed", 1)]
    public async Task Worker_Killed_SuccessorFinishes(string point, int hit)
    {
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).ToArray();
        await using var successor = new Node(database.ConnectionString, database.Keys, settings);
        await successor.Queue(queued);
        using (var worker = WorkerProcess.Start(database, settings, point, hit))
        {
            await worker.KillAtPoint();
        }
        await database.EndLeases();
        await successor.Start();
        await Invariants.AllArchived(database);
        await Invariants.Hold(queued, sink, database);
    }

    [Fact]
    public async Task Signer_KilledBeforeItsCommit_LeavesNothing()
    {
        using (var signer = WorkerProcess.Start(database, settings, "signing", 1))
        {
            await signer.KillAtPoint();
        }
        (await database.Scalar<long>("select count(*) from kanta.document")).ShouldBe(0);
        sink.Ledger.ShouldBeEmpty();
    }
}
