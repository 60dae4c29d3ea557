using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;

namespace KantaConnector.Tests.Faults;

/// <summary>F02: of two worker processes that drain into the simulator process one is killed (SIGKILL) at a moment that nobody chose, again and again.</summary>
public sealed class RandomKillTests : IAsyncLifetime
{
    private readonly KantaDatabase database = new();
    private SimulatorProcess simulator = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        simulator = await SimulatorProcess.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task F02_WorkersKilledAtRandom_NothingIsLostAndNothingIsTwice()
    {
        var runs = Runs.Of(4, 1000);
        var dice = new Random(2);
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:04", "00:00:05");
        await using var user = new Node(database.ConnectionString, database.Keys, settings);
        var queued = new List<Submission>();
        var workers = new[] { Start(), Start() };
        try
        {
            for (var run = 0; run < runs; run++)
            {
                var work = FaultBench.Events(3, from: (run * 3) + 1);
                await user.Queue(work);
                queued.AddRange(work);
                // Some way into the new work, or before it was looked at.
                var seen = await Attempts() + dice.Next(8);
                await Until.Holds(async () => await Attempts() >= seen, async () => $"{await Attempts()} of {seen} attempts", 120);
                await Task.Delay(dice.Next(30), TestContext.Current.CancellationToken);
                var victim = dice.Next(workers.Length);
                workers[victim].Dispose();
                workers[victim] = Start();
            }
            await Invariants.AllArchived(database, 180);
            await Invariants.Hold([.. queued], simulator, database);
            Runs.Passed("F02", runs, $"workers killed at random among {queued.Count} documents");
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.Dispose();
            }
        }

        WorkerProcess Start() => WorkerProcess.Start(database, settings, "nowhere", 1);
    }

    private Task<long> Attempts() => database.Scalar<long>("select count(*) from kanta.attempt");
}
