using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>Faults of the way and of the archive's answers, with the real simulator process, whose ledger is the judge.</summary>
public sealed class ArchiveFaultTests(SharedSimulator shared) : IAsyncLifetime, IClassFixture<SharedSimulator>
{
    private static int events;
    private readonly KantaDatabase database = new();
    private readonly SimulatorProcess simulator = shared.Process;
    private Node? node;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }
        await database.DisposeAsync();
    }

    private async Task<Submission[]> Drain(int count, int seconds, params (string Key, string Value)[] changes)
    {
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:FirstRetry"], settings["Kanta:LongestRetry"]) = ("00:00:00.010", "00:00:00.050");
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        foreach (var (key, value) in changes)
        {
            settings["Kanta:" + key] = value;
        }
        var from = Interlocked.Add(ref events, count) - count + 1;
        // The simulator outlives the database of one test: message ids must not begin anew under the same sender.
        settings["Kanta:SenderOid"] = $"{Some.Root}.10.0.13.{from}";
        node = new Node(database.ConnectionString, database.Keys, settings);
        var queued = FaultBench.Events(count, from: from);
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(database, seconds);
        return queued;
    }

    private Task Holds(Submission[] queued) => Invariants.Hold(queued, simulator, database);

    [Fact]
    public async Task F11_ThirdOfAnswersAreErrors_RetryAfterIsObeyed()
    {
        await simulator.Faults(new
        {
            faults = new object[]
            {
                new { kind = "too-many", retryAfter = 2, count = 2 }, new { kind = "status", status = 503, share = 0.15, seed = 1 }, new { kind = "status", status = 500, share = 0.15, seed = 2 },
            },
        });
        var queued = await Drain(Runs.Of(20, 200), 600);
        await Holds(queued);
        // After a 429 nobody knocks before the time that was asked for; what a claim under way took is given back untried.
        (await database.Scalar<long>(
            """
            select count(*) from kanta.attempt a join kanta.attempt b on b.started_at > a.finished_at and b.started_at < a.finished_at + interval '2 seconds'
            where a.reason like 'HTTP 429%' and b.outcome <> 'released'
            """)).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from kanta.document where attempts <> 1")).ShouldBe(0);
        Runs.Passed("F11", queued.Length, $"documents, {await database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'unknown'")} faulty answers");
    }

    [Theory]
    [InlineData("before-archiving", "fin")]
    [InlineData("before", "rst")]
    [InlineData("before", "fin")]
    [InlineData("in-headers", "rst")]
    [InlineData("after-headers", "fin")]
    [InlineData("within", "rst")]
    [InlineData("last-byte", "rst")]
    [InlineData("last-byte", "fin")]
    public async Task F12_AnswerLostAtAnyByte_IsArchivedOnce(string when, string how)
    {
        var runs = Runs.Of(20, 1000);
        await simulator.Faults(new { faults = new[] { new { kind = "lose-ack", when, how, count = runs } } });
        var queued = await Drain(5, 300);
        await Holds(queued);
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'unknown'")).ShouldBe(runs);
        Runs.Passed("F12", runs, $"answers lost {when} by {how}");
    }

    [Theory]
    [InlineData("duplicate-in-body")]
    [InlineData("duplicate-on-wire")]
    [InlineData("swapped")]
    [InlineData("late-previous")]
    [InlineData("foreign")]
    [InlineData("no-target")]
    [InlineData("unknown-type")]
    public async Task F13_AnswerThatIsNotOurs_NeverClosesADocument(string variant)
    {
        var runs = Runs.Of(20, 700);
        await simulator.Faults(new { faults = new[] { new { kind = "ack", variant, count = runs, milliseconds = 200 } } });
        var queued = await Drain(5, 300);
        await Holds(queued);
        // What was closed as archived stands in the ledger, each by an answer of its own or a repetition.
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome in ('refused', 'rejected')")).ShouldBe(0);
        Runs.Passed("F13", runs, $"answers of kind {variant}");
    }

    [Fact]
    public async Task F14_GarbageOfEveryKind_DecidesNothing()
    {
        // Two of the corpus are sound refusals, long or with markup in them: those are a verdict.
        var kinds = (await simulator.Garbage()).Except(["ack-10000-details", "ack-markup-in-text"]).ToArray();
        var runs = kinds.Length * Runs.Of(1, 20);
        await simulator.Faults(new { faults = kinds.Select(variant => new { kind = "garbage", variant, archive = true, count = runs / kinds.Length }) });
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var queued = await Drain(6, Runs.Of(300, 3000), ("TotalTimeout", "00:00:01"), ("Lease", "00:00:03"), ("Parallelism", "8"));
        await Holds(queued);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(50L * 1024 * 1024);
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome in ('refused', 'rejected')")).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from kanta.document where attempts > 1")).ShouldBe(0, "garbage judges no document");
        Runs.Passed("F14", runs, $"garbage answers of {kinds.Length} kinds");
    }

    [Fact]
    public async Task F16_TlsOfEveryKind_OpensTheBreakerAndBurnsNothing()
    {
        string[] kinds = ["server-expired", "server-not-yet-valid", "wrong-name", "wrong-ca", "self-signed", "tls11", "reset", "garbage", "client-refused", "hang"];
        foreach (var variant in kinds)
        {
            await database.Execute("update kanta.endpoint set failures = 0, open_until = null, reason = null");
            await simulator.Faults(new { faults = new[] { new { kind = "tls", variant } } });
            var drained = Drain(1, 120, ("TotalTimeout", "00:00:01"), ("Lease", "00:00:03"));
            await Until.Holds(async () => await database.Scalar<int>("select failures from kanta.endpoint where way = 'documents'") >= Breaker.Threshold, () => Task.FromResult(variant), 60);
            (await database.Scalar<long>("select count(*) from kanta.document where state = 'refused' or attempts > 1")).ShouldBe(0, variant);
            (await database.Scalar<string>("select reason from kanta.endpoint where way = 'documents'")).ShouldNotBeNullOrEmpty(variant);
            await simulator.Faults(new { faults = Array.Empty<object>() });
            await Holds(await drained);
            await node!.DisposeAsync();
        }
        Runs.Passed("F16", kinds.Length, "kinds of TLS fault");
    }

    [Theory]
    [InlineData("before TLS")]
    [InlineData("within TLS")]
    [InlineData("after TLS")]
    public async Task F15_ArchiveHangs_EndsAtTheTotalTimeAndOthersFlow(string when)
    {
        var runs = Runs.Of(2, 50);
        await simulator.Faults(when switch
        {
            "before TLS" => new { faults = new object[] { new { kind = "down", mode = "hang", count = runs } } },
            "within TLS" => new { faults = new object[] { new { kind = "tls", variant = "hang", count = runs } } },
            _ => new { faults = new object[] { new { kind = "delay", milliseconds = 600_000, count = runs } } },
        });
        var queued = await Drain(4, 300, ("TotalTimeout", "00:00:01"), ("Lease", "00:00:03"));
        await Holds(queued);
        // A connection that hangs before it stands costs no request: the next one that stands takes it.
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome in ('unknown', 'not_sent')")).ShouldBeInRange(when == "after TLS" ? runs : 0, runs);
        Runs.Passed("F15", runs, $"hangs {when}");
    }

    [Fact]
    public async Task F15_TrickleAndSilence_EndAtTheTotalTimeAndOthersFlow()
    {
        var runs = Runs.Of(2, 50);
        await simulator.Faults(new { faults = new object[] { new { kind = "trickle", bytesPerSecond = 1, count = runs } } });
        var queued = await Drain(4, 300, ("TotalTimeout", "00:00:01"), ("Lease", "00:00:03"));
        await Holds(queued);
        (await database.Scalar<long>("select count(*) from kanta.attempt where reason like 'no whole answer within%'")).ShouldBe(runs);
        // Beside them the other connections went on.
        (await database.Scalar<bool>("select min(finished_at) filter (where outcome = 'accepted') < min(finished_at) filter (where outcome = 'unknown') from kanta.attempt")).ShouldBeTrue();
        Runs.Passed("F15", runs, "answers of one byte a second");
    }
}
