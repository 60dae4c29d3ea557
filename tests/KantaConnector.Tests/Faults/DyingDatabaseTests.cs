using System.Diagnostics;
using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Npgsql;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>F03, F04: the database server dies or is restarted while two nodes drain; they go on by themselves.</summary>
public sealed class DyingDatabaseTests : IAsyncLifetime
{
    private readonly FaultBench bench = new(ownServer: true);

    public ValueTask InitializeAsync() => Runs.Long ? bench.InitializeAsync() : ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => Runs.Long ? bench.DisposeAsync() : ValueTask.CompletedTask;

    [Fact]
    public async Task F03_F04_ServerKilledOrRestartedUnderLoad_NodesGoOnAndNothingIsLost()
    {
        Assert.SkipUnless(Runs.Long, "a server of its own takes its time: run by ./test.sh --long (once at each commit with the whole application, in the browser suite)");
        const int runs = 50;
        string[] faults = ["kill", "fast", "immediate"];
        var queued = new List<Submission>();
        var longest = TimeSpan.Zero;
        foreach (var node in new[] { Node(), Node() })
        {
            await node.Start();
        }
        var user = bench.NewNode();
        for (var run = 0; run < runs * faults.Length; run++)
        {
            var work = FaultBench.Events(2, from: (run * 3) + 1);
            var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            bench.Sink.AfterArchiving = (_, _) =>
            {
                underWay.TrySetResult();
                return Task.FromResult(false);
            };
            await Until.Holds(() => Queued(user, work), () => Task.FromResult("not queued"), 60);
            queued.AddRange(work);
            await underWay.Task.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            if (faults[run % faults.Length] == "kill")
            {
                bench.Database.KillServer();
                // Whoever writes now is told so, and nothing of it is there afterwards.
                var lost = FaultBench.Events(1, from: (run * 3) + 3);
                (await Queued(user, lost)).ShouldBeFalse();
                await bench.Database.StartServerAgainAsync();
                bench.Database.DataSource.Clear();
                (await bench.Database.Scalar<long>("select count(*) from kanta.document where oid = any($1)", (object)lost.Select(one => one.Oid).ToArray())).ShouldBe(0);
            }
            else
            {
                await bench.Database.RestartServerAsync(faults[run % faults.Length]);
            }
            bench.Database.DataSource.Clear();
            var back = Stopwatch.StartNew();
            await Invariants.AllArchived(bench.Database, 180);
            longest = back.Elapsed > longest ? back.Elapsed : longest;
        }
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F03", runs, $"times that PostgreSQL was killed; with F04 everything was archived at most {longest.TotalSeconds:0.0} s after it was back");
        Runs.Passed("F04", 2 * runs, "restarts of PostgreSQL, fast and immediate");

        Node Node() => bench.NewNode(null, null, ("TotalTimeout", "00:00:05"), ("Lease", "00:00:06"));
    }

    private static async Task<bool> Queued(Node user, Submission[] work)
    {
        try
        {
            await user.Queue(work);
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or IOException or InvalidOperationException)
        {
            // A broken connection of the pool, or no server: the user sees an error and tries again.
            return false;
        }
    }
}
