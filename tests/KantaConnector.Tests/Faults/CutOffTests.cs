using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>F08: a node that runs is cut off from its database again and again, with results in hand; another one goes on meanwhile.</summary>
public sealed class CutOffTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F08_NodeCutFromTheDatabase_LeasePassesOnAndItsLateResultsAreRefused(bool silently)
    {
        var runs = Runs.Of(silently ? 1 : 2, 25);
        (string, string)[] quick = [("Lease", "00:00:02"), ("TotalTimeout", "00:00:01")];
        await using var network = new MortalNetwork(bench.Database.ConnectionString, bench.Sink.Address);
        // How long a silent server is waited for is the connection string's: 30 s, unless it says otherwise.
        var cut = bench.NewNode(network.ConnectionString + ";Command Timeout=2;Cancellation Timeout=1000", null, quick);
        await cut.Start();
        var queued = new List<Submission>();
        for (var run = 1; run <= runs; run++)
        {
            var work = FaultBench.Events(2, from: (run * 2) - 1);
            queued.AddRange(work);
            // The archive has taken the first of them, and the node cannot write that down.
            bench.Sink.AfterArchiving = (_, _) =>
            {
                network.Cut(silently);
                return Task.FromResult(false);
            };
            await bench.NewNode().Queue(work);
            await Until.Holds(() => Task.FromResult(bench.Sink.Accepted.Any(received => work.Any(one => one.Oid == received.Oid))), () => Task.FromResult("first send"), 120);
            bench.Sink.AfterArchiving = null;
            await using (var successor = new Node(bench.Database.ConnectionString, bench.Database.Keys, bench.Settings(quick)))
            {
                await successor.Start();
                await Invariants.AllArchived(bench.Database, 120);
            }
            network.Mend();
            // What it had sent it writes down at its attempts, and nowhere else: what two nodes sent is one disclosure in the access log.
            var sent = bench.Sink.Ledger.Select(received => received.MessageId).ToArray();
            await Until.Holds(async () => await Open(sent) == 0, async () => $"{await Open(sent)} late results", 120);
        }
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F08", runs, $"times that a node was cut from the database beyond its leases, {(silently ? "silently" : "with its connections closed")}");
    }

    private Task<long> Open(string[] sent) => bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome is null and message_id = any($1)", (object)sent);
}
