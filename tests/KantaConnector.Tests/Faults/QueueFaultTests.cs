using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>Faults of reliability-security.md §5(i) that hit the queue, against the real PostgreSQL and a sink that keeps a ledger.</summary>
public sealed class QueueFaultTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static string Seconds(double seconds) => TimeSpan.FromSeconds(seconds).ToString("c");

    [Fact]
    public async Task F05_CommitDoneAnswerLost_ArchivesEachOnce()
    {
        var wanted = Runs.Of(12, 500);
        var proxies = Enumerable.Range(0, 4).Select(_ => new CommitProxy(bench.Database.ConnectionString)).ToArray();
        var lost = 0;
        var dice = new Random(5);
        foreach (var proxy in proxies)
        {
            proxy.LoseAnswer = () =>
            {
                lock (dice)
                {
                    return dice.Next(3) == 0 && lost++ < wanted;
                }
            };
        }
        var queued = FaultBench.Events(Runs.Of(12, 300));
        await bench.NewNode().Queue(queued);
        foreach (var proxy in proxies)
        {
            await bench.NewNode(proxy.ConnectionString, null, ("Lease", Seconds(2)), ("TotalTimeout", Seconds(1))).Start();
        }
        await Invariants.AllArchived(bench.Database, 300);
        foreach (var proxy in proxies)
        {
            proxy.LoseAnswer = () => false;
        }
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        var cuts = proxies.Sum(proxy => proxy.Cuts);
        cuts.ShouldBeGreaterThan(0, "nothing was cut: the test shows nothing");
        Runs.Passed("F05", cuts, "lost answers to COMMIT");
    }

    [Fact]
    public async Task F09_WorkerFrozenBeyondItsLease_LateResultIsRefused()
    {
        var runs = Runs.Of(2, 50);
        for (var run = 1; run <= runs; run++)
        {
            var queued = FaultBench.Events(1, from: run);
            await bench.NewNode().Queue(queued);
            using var worker = WorkerProcess.Start(bench.Database, bench.Settings(("Lease", Seconds(2)), ("TotalTimeout", Seconds(1))), run % 2 == 0 ? "send: answered" : "send: before the first byte", 1);
            await worker.FreezeAtPoint();
            await using var successor = new Node(bench.Database.ConnectionString, bench.Database.Keys, bench.Settings(("Lease", Seconds(2)), ("TotalTimeout", Seconds(1))));
            await successor.Start();
            await Invariants.AllArchived(bench.Database);
            await worker.Thaw();
            await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome is null") == 0, () => Task.FromResult("late result"), 20);
        }
        await Invariants.Hold(FaultBench.Events(runs), bench.Sink, bench.Database);
        (await bench.Database.Scalar<long>("select count(*) from kanta.document where state <> 'archived'")).ShouldBe(0);
        Runs.Passed("F09", runs, "frozen workers");
    }

    [Fact]
    public async Task F10_ArchiveDownForThreeDays_ParksNothingBurnsNothingAndDrainsInOrder()
    {
        var down = true;
        bench.Sink.BeforeArchiving = (http, _) =>
        {
            if (!down)
            {
                return Task.FromResult(false);
            }
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var queued = FaultBench.Events(10);
        var node = bench.NewNode(null, null, ("FirstRetry", "00:00:05"), ("LongestRetry", "00:15:00"), ("PollInterval", "00:00:00.050"));
        await node.Queue(queued);
        await bench.Database.Execute("update kanta.document set due_at = created_at + interval '5 days'");
        await node.Start();
        var step = TimeSpan.FromMinutes(20);
        var runs = Runs.Of(1, 10);
        for (var run = 0; run < runs; run++)
        {
            for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(72); passed += step)
            {
                // The database's clock decides leases and waits: moving what it is compared with is moving the clock.
                var before = await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome is not null");
                await bench.Database.Execute(
                    "with e as (update kanta.endpoint set open_until = open_until - $1) update kanta.document set available_at = available_at - $1, created_at = created_at - $1, due_at = due_at - $1", step);
                await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome is not null") > before, () => Task.FromResult("no further attempt"));
            }
        }
        (await bench.Database.Scalar<long>("select count(*) from kanta.document where state <> 'queued' or attempts > 0")).ShouldBe(0);
        await using (var work = new CareRecords.Database.UnitOfWork(bench.Database.DataSource))
        {
            (await Status.Submissions.CountOpenAsync(work, DateTimeOffset.UtcNow, CancellationToken.None)).Over72.ShouldBe(queued.Length);
        }
        // One document probes at a time: three days cost hundreds of attempts, not hundreds of thousands.
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt")).ShouldBeLessThan(1000 * runs);
        down = false;
        await bench.Database.Execute("update kanta.endpoint set open_until = clock_timestamp()");
        await Invariants.AllArchived(bench.Database);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F10", runs, "outages of 72 h on a moved clock");
    }

    [Fact]
    public async Task F17_PoisonAmongMany_StopsItsOwnChainOnlyAndGoesOnAfterRelease()
    {
        var events = Runs.Of(60, 25_000);
        var queued = FaultBench.Events(events);
        var poison = queued.Where((submission, at) => submission.Kind == SubmissionKind.Care && submission.Version == 1 && at % 100 == 1).Select(submission => submission.Oid).ToHashSet();
        var refusing = true;
        bench.Sink.BeforeArchiving = async (http, message) =>
        {
            if (!refusing || !poison.Contains(message.ContentId!))
            {
                return false;
            }
            await http.Response.WriteAsync(ArchiveSink.Answer("AE", message.MessageId!, "SIM-C06"));
            return true;
        };
        var node = bench.NewNode();
        await node.Queue(queued);
        await node.Start();
        // Each poisoned note holds back its own correction, where it has one, and nothing else.
        var held = queued.Count(submission => poison.Contains(submission.SetId));
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'archived'") == queued.Length - held,
            async () => $"{await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'archived'")} of {queued.Length - held}", 120);
        (await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'refused'")).ShouldBe(poison.Count);
        refusing = false;
        await bench.Database.Execute("update kanta.document set state = 'queued', reason = null, codes = null where state = 'refused'");
        await bench.Database.Execute("select pg_notify('kanta_queue', '')");
        await Invariants.AllArchived(bench.Database, 60);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F17", queued.Length, $"documents, {poison.Count} of them poisoned");
    }

    [Fact]
    public async Task F18_ReplacementBehindItsRefusedOriginal_NeverLeavesFirst()
    {
        var runs = Runs.Of(20, 500);
        var queued = FaultBench.Events(runs, notes: 1);
        var refusing = true;
        bench.Sink.BeforeArchiving = async (http, message) =>
        {
            if (!refusing || queued.Single(submission => submission.Oid == message.ContentId) is not { Kind: SubmissionKind.Care, Version: 1 })
            {
                return false;
            }
            await http.Response.WriteAsync(ArchiveSink.Answer("AE", message.MessageId!, "SIM-C06"));
            return true;
        };
        var node = bench.NewNode();
        await node.Queue([.. queued.Reverse()]);
        await node.Start();
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'refused'") == runs, () => Task.FromResult("refusals"), 60);
        bench.Sink.Ledger.ShouldNotContain(received => received.Version == 2);
        refusing = false;
        await bench.Database.Execute("update kanta.document set state = 'queued', reason = null, codes = null where state = 'refused'");
        await bench.Database.Execute("select pg_notify('kanta_queue', '')");
        await Invariants.AllArchived(bench.Database, 60);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F18", runs, "replacements behind a refused original");
    }

    [Fact]
    public async Task F22_NobodyTellsThePump_ThePollFindsIt()
    {
        var node = bench.NewNode(null, null, ("PollInterval", Seconds(1)));
        await node.Queue(FaultBench.Events(1, notes: 0, correction: false));
        await bench.Database.Execute("update kanta.document set available_at = 'infinity'");
        await node.Start();
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        bench.Sink.Ledger.ShouldBeEmpty();
        // No notification comes with this.
        await bench.Database.Execute("update kanta.document set available_at = clock_timestamp()");
        await Invariants.AllArchived(bench.Database, 10);
        Runs.Passed("F22", 1, "document found by the poll (the daily notice twice and on two nodes: Booking.Tests)");
    }

    [Fact]
    public async Task AfterFaults_ClaimedButUntried_IsGivenBackInsteadOfTimingOutOneByOne()
    {
        var tried = 0;
        bench.Sink.BeforeArchiving = (http, _) =>
        {
            if (Interlocked.Increment(ref tried) > 40)
            {
                http.Response.StatusCode = 503;
                http.Response.Headers.RetryAfter = "60";
                return Task.FromResult(true);
            }
            return Task.FromResult(false);
        };
        var node = bench.NewNode(null, null, ("Parallelism", "2"));
        await node.Queue(FaultBench.Events(60, notes: 0, correction: false));
        await node.Start();
        await Until.Holds(async () => await bench.Database.Scalar<bool>("select asked_until > clock_timestamp() + interval '50 seconds' from kanta.endpoint where way = 'documents'"), () => Task.FromResult("breaker"));
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where lease_until is not null") == 0, () => Task.FromResult("leases"));
        tried.ShouldBeLessThan(40 + 8);
    }
}
