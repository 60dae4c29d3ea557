using System.Text;
using CareRecords.Database;
using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace KantaConnector.Tests.Queue;

public sealed class PumpTests : IAsyncLifetime
{
    private readonly TestCertificates certificates = new();
    private readonly KantaDatabase database = new();
    private readonly List<Node> nodes = [];
    private ArchiveSink sink = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        sink = await ArchiveSink.Start(certificates.Server());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
        await sink.DisposeAsync();
        await database.DisposeAsync();
        certificates.Dispose();
    }

    private Node NewNode(Action<Dictionary<string, string?>>? change = null)
    {
        var settings = Node.Settings(sink.Address, certificates.CaFile, new CertificateSource { File = Path.Combine(certificates.Folder, "client.pem"), KeyFile = Path.Combine(certificates.Folder, "client-key.pem") });
        if (!File.Exists(Path.Combine(certificates.Folder, "client.pem")) && change is null)
        {
            certificates.Client();
        }
        change?.Invoke(settings);
        var node = new Node(database.ConnectionString, database.Keys, settings);
        nodes.Add(node);
        return node;
    }

    private Task AllArchived(int seconds = 30) => Invariants.AllArchived(database, seconds);

    [Fact]
    public async Task Drain_EventsNotesAndCorrections_ArchivesEachOnceInOrder()
    {
        var node = NewNode();
        var queued = Enumerable.Range(1, 6).SelectMany(number => Node.Event(number)).ToArray();
        await node.Queue(queued);
        await node.Start();
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        sink.Ledger.Count.ShouldBe(queued.Length);
        (await database.Scalar<long>("select count(*) from kanta.document where attempts = 1 and endpoint_faults = 0")).ShouldBe(queued.Length);
    }

    [Fact]
    public async Task Drain_QueuedInWrongOrder_StillSendsServiceEventAndFirstVersionFirst()
    {
        var node = NewNode();
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).Reverse().ToArray();
        await node.Queue(queued);
        await node.Start();
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        sink.Ledger.Count.ShouldBe(queued.Length);
    }

    [Fact]
    public async Task Drain_QueuedWhileRunning_IsWokenByTheCommit()
    {
        var node = NewNode(settings => settings["Kanta:PollInterval"] = "00:10:00");
        certificates.Client();
        await node.Start();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await node.Queue(Node.Event(1));
        await AllArchived();
    }

    [Fact]
    public async Task Drain_AnswersLostAfterArchiving_SendsTheSameBytesAgainAndCountsThemOnce()
    {
        var lost = 0;
        sink.AfterArchiving = (http, _) =>
        {
            if (Interlocked.Increment(ref lost) > 4)
            {
                return Task.FromResult(false);
            }
            http.Abort();
            return Task.FromResult(true);
        };
        var node = NewNode();
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).ToArray();
        await node.Queue(queued);
        await node.Start();
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        sink.Ledger.Count.ShouldBe(queued.Length + 4);
    }

    [Fact]
    public async Task Drain_OneDocumentRefused_BlocksItsOwnChainOnlyAndGoesOnAfterResend()
    {
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).ToArray();
        var poison = queued.First(submission => submission.Kind == SubmissionKind.Care);
        var refusing = true;
        sink.BeforeArchiving = async (http, message) =>
        {
            if (!refusing || message.ContentId != poison.Oid)
            {
                return false;
            }
            await http.Response.WriteAsync(ArchiveSink.Answer("AE", message.MessageId!, "SIM-C06", "4Y00007"));
            return true;
        };
        var node = NewNode();
        await node.Queue(queued);
        await node.Start();
        await Until.Holds(async () => await database.Scalar<long>("select count(*) from kanta.document where state = 'archived'") == queued.Length - 2,
            () => Task.FromResult("others"));
        (await database.Scalar<string>("select reason from kanta.document where state = 'refused'")).ShouldBe("SIM-C06 SIM-C06 text; 4Y00007 4Y00007 text");
        sink.Ledger.ShouldNotContain(received => received.SetId == poison.SetId);
        refusing = false;
        await database.Execute("update kanta.document set state = 'queued', reason = null, codes = null where state = 'refused'");
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
    }

    [Fact]
    public async Task Drain_ArchiveDown_CostsNoAttemptAndRecoversAlone()
    {
        var address = sink.Address;
        await sink.DisposeAsync();
        var node = NewNode();
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).ToArray();
        await node.Queue(queued);
        await node.Start();
        await Until.Holds(async () => await database.Scalar<int>("select failures from kanta.endpoint where way = 'documents'") >= 9, () => Task.FromResult("faults"));
        (await database.Scalar<long>("select sum(attempts) from kanta.document")).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from kanta.document where state <> 'queued'")).ShouldBe(0);
        (await database.Scalar<string>("select reason from kanta.endpoint where way = 'documents'")).ShouldStartWith("ConnectionError");
        sink = await ArchiveSink.Start(certificates.Server(), address.Port);
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        (await database.Scalar<int>("select failures from kanta.endpoint where way = 'documents'")).ShouldBe(0);
    }

    [Fact]
    public async Task Drain_ThirdOfAnswersFail_ArchivesEverything()
    {
        var random = new Random(7);
        sink.BeforeArchiving = async (http, _) =>
        {
            int die;
            lock (random)
            {
                die = random.Next(6);
            }
            if (die > 1)
            {
                return false;
            }
            http.Response.StatusCode = die == 0 ? 503 : 500;
            await http.Response.WriteAsync("<html>sorry</html>");
            return true;
        };
        var node = NewNode();
        var queued = Enumerable.Range(1, 10).SelectMany(number => Node.Event(number)).ToArray();
        await node.Queue(queued);
        await node.Start();
        await AllArchived(60);
        await Invariants.Hold(queued, sink, database);
    }

    [Fact]
    public async Task Drain_GarbageAndForeignAnswers_NeverCloseADocument()
    {
        string[] garbage =
        [
            "", "OK", "<html/>", "<!DOCTYPE x><x/>", ArchiveSink.Answer("AA", "1.2.3"), ArchiveSink.Answer("XX", "1.2.3"), "<x", "{\"ok\":true}",
        ];
        var turn = -1;
        sink.BeforeArchiving = async (http, _) =>
        {
            var at = Interlocked.Increment(ref turn);
            if (at >= garbage.Length)
            {
                return false;
            }
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(garbage[at]));
            return true;
        };
        var node = NewNode();
        var queued = Node.Event(1);
        await node.Queue(queued);
        await node.Start();
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'unknown'")).ShouldBe(garbage.Length);
    }

    [Fact]
    public async Task Drain_NoCertificate_WaitsWithTheReasonAndGoesOnWhenItIsThere()
    {
        var node = NewNode(_ => { });
        await node.Queue(Node.Event(1));
        await node.Start();
        await Until.Holds(async () => await database.Scalar<string?>("select hold from kanta.endpoint where way = 'documents'") == "signing: no certificate file", () => Task.FromResult("hold"));
        sink.Ledger.ShouldBeEmpty();
        (await database.Scalar<long>("select count(*) from kanta.attempt")).ShouldBe(0);
        certificates.Client();
        await AllArchived();
        (await database.Scalar<bool>("select hold is null from kanta.endpoint where way = 'documents'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Drain_TransmissionRejected_ParksTheDocumentOnlyOnceOthersPass()
    {
        var queued = Enumerable.Range(1, 2).SelectMany(number => Node.Event(number, notes: 1, correction: false)).ToArray();
        var (rejected, all) = (queued[0].Oid, true);
        sink.BeforeArchiving = async (http, message) =>
        {
            if (!all && message.ContentId != rejected)
            {
                return false;
            }
            await http.Response.WriteAsync(ArchiveSink.Answer("AR", message.MessageId!, "5Y00009"));
            return true;
        };
        var node = NewNode();
        await node.Queue(queued);
        await node.Start();
        await Until.Holds(async () => await database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'rejected'") >= 5, () => Task.FromResult("rejections"));
        (await database.Scalar<long>("select count(*) from kanta.document where state <> 'queued'")).ShouldBe(0);
        (await database.Scalar<string>("select reason from kanta.endpoint where way = 'documents'")).ShouldBe("the archive rejects our messages: 5Y00009");
        all = false;
        await Until.Holds(async () => await database.Scalar<string>("select string_agg(state, ' ' order by queued_order) from kanta.document") == "refused queued archived archived",
            async () => await database.Scalar<string>("select string_agg(state, ' ' order by queued_order) from kanta.document"));
    }

    [Fact]
    public async Task Stop_WhileDraining_GivesBackWhatWasNotSent()
    {
        sink.BeforeArchiving = async (_, _) =>
        {
            await Task.Delay(100, CancellationToken.None);
            return false;
        };
        var queued = Enumerable.Range(1, 8).SelectMany(number => Node.Event(number)).ToArray();
        var first = NewNode();
        await first.Queue(queued);
        await first.Start();
        await Until.Holds(() => Task.FromResult(sink.Ledger.Count >= 5), () => Task.FromResult("started"));
        await first.DisposeAsync();
        nodes.Remove(first);
        (await database.Scalar<long>("select count(*) from kanta.document where lease_until is not null")).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome is null")).ShouldBe(0);
        await NewNode().Start();
        await AllArchived();
        await Invariants.Hold(queued, sink, database);
        sink.Ledger.Count.ShouldBe(queued.Length);
    }

    [Fact]
    public async Task Record_LeasePassedOn_ChangesNothing()
    {
        var slow = NewNode(settings => (settings["Kanta:Lease"], settings["Kanta:TotalTimeout"]) = ("00:00:01", "00:00:00.500"));
        certificates.Client();
        await slow.Queue(Node.Event(1, notes: 0, correction: false));
        var certificate = slow.Get<KantaCertificates>().Signing.Current().Certificate!;
        var claims = await slow.Get<ClaimDocuments>().Take(10, certificate, CancellationToken.None);
        claims.Count.ShouldBe(1);
        (await slow.Get<ClaimDocuments>().Take(10, certificate, CancellationToken.None)).ShouldBeEmpty();
        await Task.Delay(1200, TestContext.Current.CancellationToken);
        (await slow.Get<SendDocument>().Handle(claims[0], CancellationToken.None)).ShouldBeOfType<Outcome.Released>();
        var again = await slow.Get<ClaimDocuments>().Take(10, certificate, CancellationToken.None);
        again.Single().Fence.ShouldBeGreaterThan(claims[0].Fence);
        again.Single().Cda.ShouldBe(claims[0].Cda);
        (await slow.Get<RecordOutcomes>().Handle([new Finished(claims[0], new Outcome.Accepted())], CancellationToken.None)).ShouldBe(1);
        (await database.Scalar<string>("select state from kanta.document")).ShouldBe("queued");
        (await slow.Get<RecordOutcomes>().Handle([new Finished(again[0], new Outcome.Accepted())], CancellationToken.None)).ShouldBe(0);
        (await database.Scalar<string>("select state from kanta.document")).ShouldBe("archived");
    }

    [Fact]
    public async Task Record_TwoLeasesOfOneDocumentInOneBatch_LogsOneDisclosure()
    {
        var node = NewNode(settings => settings["Kanta:Lease"] = "00:00:03");
        certificates.Client();
        await node.Queue(Node.Event(1, notes: 0, correction: false));
        var certificate = node.Get<KantaCertificates>().Signing.Current().Certificate!;
        var first = (await node.Get<ClaimDocuments>().Take(10, certificate, CancellationToken.None)).Single();
        await database.Execute("update kanta.document set lease_until = clock_timestamp() - interval '1 second'");
        var second = (await node.Get<ClaimDocuments>().Take(10, certificate, CancellationToken.None)).Single();

        var late = await node.Get<RecordOutcomes>().Handle([new Finished(first, new Outcome.Accepted()), new Finished(second, new Outcome.Accepted())], CancellationToken.None);

        late.ShouldBe(1);
        (await database.Scalar<long>("select count(*) from care.access_leaf where interaction = 'send'")).ShouldBe(1);
    }

    [Fact]
    public async Task SignedBytes_CannotBeChanged()
    {
        var node = NewNode();
        await node.Queue(Node.Event(1, notes: 0, correction: false));
        await node.Get<ClaimDocuments>().Take(1, node.Get<KantaCertificates>().Signing.Current().Certificate!, CancellationToken.None);
        var error = await Should.ThrowAsync<Npgsql.PostgresException>(() => database.Execute("update kanta.document set body = '\\x00'"));
        error.SqlState.ShouldBe("23514");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => database.Execute("update kanta.document set oid = '1.2.3'"));
    }

    [Fact]
    public async Task SignedBytes_OfARefusedContent_MayBeUnsignedAndNothingElse()
    {
        var node = NewNode();
        await node.Queue(Node.Event(1, notes: 0, correction: false));
        await node.Get<ClaimDocuments>().Take(1, node.Get<KantaCertificates>().Signing.Current().Certificate!, CancellationToken.None);
        const string anew = "update kanta.document set body = '\\x00', signed_at = null, sha256 = null";
        await database.Execute("update kanta.document set state = 'refused'");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => database.Execute(anew))).SqlState.ShouldBe("23514");
        await database.Execute("update kanta.document set content_refused = true");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => database.Execute("update kanta.document set body = '\\x00'"));
        await database.Execute(anew);
    }

    [Fact]
    public async Task Refusal_ThatRepeatsAnIdentityCode_IsStoredWithoutIt()
    {
        sink.BeforeArchiving = async (http, message) =>
        {
            await http.Response.WriteAsync(ArchiveSink.Answer("AE", message.MessageId!, "SIM-W08").Replace("text</text>", "wrapper 010181-900C, document 020594X903P</text>", StringComparison.Ordinal));
            return true;
        };
        var node = NewNode();
        await node.Queue(Node.Event(1, notes: 0, correction: false));
        await node.Start();
        await Until.Holds(async () => await database.Scalar<string>("select state from kanta.document") == "refused", () => Task.FromResult("refused"));
        var stored = await database.Scalar<string>("select d.reason || d.codes || a.reason || a.codes from kanta.document d join kanta.attempt a on a.document_id = d.id");
        stored.ShouldContain("SIM-W08");
        stored.ShouldNotContain("900C");
        stored.ShouldNotContain("903P");
    }

    [Fact]
    public async Task Queue_RolledBack_LeavesNothing()
    {
        var node = NewNode();
        await using (var work = new UnitOfWork(database.DataSource))
        {
            await QueueDocument.Handle(work, node.Get<CareRecords.Protection.FieldCipher>(), Node.Event(1)[0], CancellationToken.None);
        }
        (await database.Scalar<long>("select count(*) from kanta.document")).ShouldBe(0);
    }
}
