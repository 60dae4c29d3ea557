using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Npgsql;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>F01: the process dies at each exchange with PostgreSQL and the archive in turn, while it queues, claims, signs, sends and records.</summary>
public sealed class EveryAwaitTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task F01_ProcessDiesAtEachExchange_SuccessorFinishes()
    {
        var step = Runs.Of(6, 1);
        var queued = new List<Submission>();
        var ends = new List<Task>();
        var deaths = 0;
        // The first run learns connections and plans by heart, and its count is the upper end.
        var last = await Run(int.MaxValue);
        for (var at = 1; at <= last; at += step)
        {
            await Run(at);
        }
        await Task.WhenAll(ends);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        deaths.ShouldBeGreaterThan(last / step / 2, "it died too seldom: the test shows little");
        Runs.Passed("F01", deaths, $"deaths, at every {(step == 1 ? "" : $"{step}th ")}one of the {last} exchanges of queueing, claiming, signing, sending and recording");

        async Task<int> Run(int dieAt)
        {
            var work = FaultBench.Events(1, notes: 1, from: queued.Count + 1);
            queued.AddRange(work);
            var network = new MortalNetwork(bench.Database.ConnectionString, bench.Sink.Address, dieAt);
            var node = bench.NewNode(network.ConnectionString, null, ("Endpoint", network.Archive.ToString()), ("Parallelism", "1"), ("TotalTimeout", "00:00:05"), ("Lease", "00:05:00"));
            var isQueued = await Queue(node, work);
            await node.Start();
            var finished = Finished();
            await Task.WhenAny(network.Died, finished);
            ends.Add(End(node, network, finished));
            if (!network.Died.IsCompleted)
            {
                await finished;
                return network.Events;
            }
            deaths++;
            var known = await bench.Database.Scalar<long>("select count(*) from kanta.document where oid = any($1)", (object)work.Select(one => one.Oid).ToArray());
            known.ShouldBe(isQueued || known > 0 ? work.Length : 0, "half of a transaction");
            var successor = bench.NewNode(null, null, ("Parallelism", "1"));
            if (known == 0)
            {
                // The user saw an error and tries again.
                await successor.Queue(work);
            }
            // The dead node's leases end.
            await bench.Database.Execute("update kanta.document set lease_until = null where lease_until is not null");
            await successor.Start();
            await Invariants.AllArchived(bench.Database, 60);
            ends.Add(successor.DisposeAsync().AsTask());
            return 0;
        }

        async Task Finished() => await Until.Holds(
            async () => await bench.Database.Scalar<long>("select count(*) from kanta.document") == queued.Count
                && await bench.Database.Scalar<long>("select count(*) from kanta.document where state <> 'archived'") == 0,
            () => Task.FromResult("neither dead nor done"), 120);
    }

    private static async Task<bool> Queue(Node node, Submission[] work)
    {
        try
        {
            await node.Queue(work);
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            // Died while queueing: whether it committed is what the database says.
            return false;
        }
    }

    private static async Task End(Node node, MortalNetwork network, Task finished)
    {
        await finished;
        await node.DisposeAsync();
        await network.DisposeAsync();
    }
}
