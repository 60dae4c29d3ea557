using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>A worker in this process plays dead at a named point, with several documents under way; a successor must finish what it left. At every await: F01.</summary>
public sealed class DyingWorkerTests : IAsyncLifetime
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
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:01", "00:00:02");
    }

    public async ValueTask DisposeAsync()
    {
        await sink.DisposeAsync();
        await database.DisposeAsync();
        certificates.Dispose();
    }

    public static TheoryData<string, int> Crashes => new()
    {
        { "claim: before commit", 2 }, { "claim: committed", 1 }, { "send: before the first byte", 5 }, { "send: answered", 2 }, { "record: before commit", 1 },
        { "record: committed", 3 },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Drain_ProcessDies_SuccessorFinishes(string point, int hit)
    {
        var queued = Enumerable.Range(1, 4).SelectMany(number => Node.Event(number)).ToArray();
        var died = new TaskCompletionSource();
        await using var first = new Node(database.ConnectionString, database.Keys, settings);
        first.Crash.Reached = Node.DieAt(point, hit, died);
        await first.Queue(queued);
        await first.Start();
        await died.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await using var successor = new Node(database.ConnectionString, database.Keys, settings);
        await successor.Start();
        await Invariants.AllArchived(database);
        await Invariants.Hold(queued, sink, database);
    }
}
