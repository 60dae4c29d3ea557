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
    public async Task F19_ClocksOfNodesApart_LeasesAndWaitsAreTheDatabases()
    {
        var runs = Runs.Of(2, 12);
        double[] skews = [40 * 24 * 60, -40 * 24 * 60, 10, -10];
        var queued = FaultBench.Events(5 * runs);
        await bench.NewNode().Queue(queued);
        await bench.Database.Execute("update kanta.document set due_at = created_at + interval '5 days'");
        foreach (var skew in skews)
        {
            await bench.NewNode(null, new SkewedClock(TimeSpan.FromMinutes(skew))).Start();
        }
        await Invariants.AllArchived(bench.Database, 60);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        // No lease ended early for anybody: nothing was sent a second time.
        bench.Sink.Ledger.Count.ShouldBe(queued.Length);
        (await bench.Database.Scalar<bool>("select max(finished_at) < clock_timestamp() + interval '1 minute' and min(finished_at) > clock_timestamp() - interval '1 day' from kanta.document")).ShouldBeTrue();
        Runs.Passed("F19", skews.Length, $"nodes 40 days and 10 minutes ahead and behind, on one queue of {queued.Length} documents");
    }

    [Fact]
    public async Task F21_BacklogAtStart_DoesNotSlowTheFirst()
    {
        var backlog = Runs.Of(20_000, 100_000);
        var queued = FaultBench.Events(2);
        await bench.NewNode().Queue(queued);
        await bench.Database.Execute(
            """
            insert into kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, body, signature_at, body_start, body_length, wrapper, wrapper_split, available_at)
            select gen_random_uuid(), 'care', controller_id, 'backlog-' || n, '1.2.3.' || n, '1.2.3.' || n, 1, body, signature_at, body_start, body_length, wrapper, wrapper_split,
              clock_timestamp() + interval '1 day'
            from generate_series(1, $1) n, (select * from kanta.document where kind = 'care' limit 1) d
            """, backlog);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var worker = WorkerProcess.Start(bench.Database, bench.Settings(), "nowhere", 1);
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'archived'") == queued.Length, () => Task.FromResult("first documents"), 120);
        var first = watch.Elapsed;
        worker.Megabytes.ShouldBeLessThan(512);
        if (Runs.Long)
        {
            first.TotalSeconds.ShouldBeLessThan(10);
        }
        Runs.Passed("F21", backlog, $"documents waiting at start; the first {queued.Length} were archived {first.TotalSeconds:0.0} s after the process began, which held {worker.Megabytes} MB");
    }

    [Fact]
    public async Task F27_AccessLogCannotBeWritten_NothingIsClosedWithoutIt()
    {
        var runs = Runs.Of(1, 20);
        var queued = new List<Submission>();
        var node = bench.NewNode(null, null, ("Lease", Seconds(2)), ("TotalTimeout", Seconds(1)));
        await node.Start();
        await AsOwner(
            "create function care.broken() returns trigger language plpgsql as $f$ begin raise exception 'the disk is full' using errcode = 'disk_full'; end $f$");
        for (var run = 1; run <= runs; run++)
        {
            var work = FaultBench.Events(1, from: run);
            queued.AddRange(work);
            await AsOwner("create trigger broken before insert on care.access_leaf for each row execute function care.broken()");
            await node.Queue(work);
            await Until.Holds(() => Task.FromResult(bench.Sink.Ledger.Any(received => received.Oid == work[0].Oid)), () => Task.FromResult("a send"));
            (await bench.Database.Scalar<long>("select count(*) from kanta.document where oid = $1 and state <> 'queued'", work[0].Oid)).ShouldBe(0, "closed without its entry");
            await AsOwner("drop trigger broken on care.access_leaf");
            await Invariants.AllArchived(bench.Database, 60);
        }
        // Each document once in the access log, whatever had to be repeated.
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F27", runs, "times that the access log could not be written");

        async Task AsOwner(string sql)
        {
            await using var owner = new Npgsql.NpgsqlConnection(bench.Database.SuperuserConnectionString);
            await owner.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(sql, owner);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task F19_DaylightSavingAndTheLeapDay_NothingIsHeldOrSentTwice()
    {
        // In Helsinki: the clock goes forward at 3, back at 4, and midnight into and out of 29 February, each while the node works.
        string[] instants = ["2027-03-28T00:59:59.5Z", "2027-10-31T00:59:59.5Z", "2028-02-28T21:59:59.5Z", "2028-02-29T21:59:59.5Z"];
        var queued = new List<Submission>();
        var runs = Runs.Of(1, 12);
        for (var run = 0; run < runs; run++)
        {
            foreach (var instant in instants)
            {
                var work = FaultBench.Events(1, from: (queued.Count / 4) + 1);
                queued.AddRange(work);
                await using var node = new Node(bench.Database.ConnectionString, bench.Database.Keys, bench.Settings(),
                    new SkewedClock(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow));
                await node.Queue(work);
                await node.Start();
                await Invariants.AllArchived(bench.Database, 60);
            }
        }
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        bench.Sink.Ledger.Count.ShouldBe(queued.Count);
        Runs.Passed("F19", runs * instants.Length, "changes of the clock and of the leap day");
    }

    private sealed class SkewedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
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
