using KantaConnector.Queue;
using KantaConnector.Status;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>Two controllers under one roof, each with a sender and certificates of its own, against the real simulator process.</summary>
public sealed class ControllersTests : IAsyncLifetime
{
    private const string OwnOid = "1.2.246.537.28.99912345678";
    private const string OwnSender = "1.2.246.10.88888888.10.0.13.1";
    private static readonly Guid Own = Guid.Parse("0198f000-0000-7000-8000-000000000002");
    private readonly KantaDatabase database = new();
    private SimulatorProcess simulator = null!;
    private Node node = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await database.Execute(
            """
            insert into care.controller (id, practice_id, name, kind, controller_oid, producer_oid, producer_name, unit_oid, unit_name, oid_root, register_code, temporary_id_root)
            select $1, id, 'Itsenäinen', 'self_employed', $2, '1.2.246.10.88888888.10.0', 'Itsenäinen', '1.2.246.10.88888888.10.1', 'Huone', '1.2.246.10.88888888', '10',
              '1.2.246.10.88888888.22' from care.practice
            """, Own, OwnOid);
        simulator = await SimulatorProcess.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    private void Configure(CertificateSource certificate) => node = new Node(database.ConnectionString, database.Keys,
        new Dictionary<string, string?>(Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client))
        {
            ["Kanta:Controllers:0:ControllerOid"] = OwnOid,
            ["Kanta:Controllers:0:SenderOid"] = OwnSender,
            ["Kanta:Controllers:0:ClientCertificate:File"] = certificate.File,
            ["Kanta:Controllers:0:ClientCertificate:KeyFile"] = certificate.KeyFile,
        });

    private static Submission[] EventOf(int number, Guid controller) =>
        [.. Node.Event(number, notes: 1, correction: false).Select(submission => submission with { ControllerId = controller })];

    [Fact]
    public async Task Drain_EachController_SendsUnderItsOwnName()
    {
        Configure(simulator.Client);
        await node.Queue([.. EventOf(1, KantaDatabase.ControllerId), .. EventOf(2, Own)]);
        await node.Start();
        await Invariants.AllArchived(database);
        (await database.Scalar<long>("select count(*) from kanta.attempt a join kanta.document d on d.id = a.document_id where starts_with(a.message_id, $1) <> (d.controller_id = $2)",
            OwnSender + ".", Own)).ShouldBe(0);
        // A busy machine loses an answer and sends again: what counts is under whose name each document was archived.
        var senders = (await simulator.Ledger()).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "message" && entry.GetProperty("outcome").GetString() == "archived").Select(entry => entry.GetProperty("sender").GetString()).ToArray();
        senders.Count(sender => sender == OwnSender).ShouldBe(2);
        senders.Count(sender => sender == $"{Some.Root}.10.0.13.1").ShouldBe(2);
    }

    [Fact]
    public async Task Drain_OwnCertificateMissing_WaitsWhileOthersGoOnAndNobodySignsForIt()
    {
        Configure(new CertificateSource { File = Path.Combine(simulator.Folder, "missing.pem") });
        await node.Queue([.. EventOf(1, Own), .. EventOf(2, KantaDatabase.ControllerId)]);
        await node.Start();
        await Until.Holds(async () => await database.Scalar<long>("select count(*) from kanta.document where state = 'archived'") == 2,
            async () => await database.Scalar<string>("select string_agg(oid || ' ' || state, E'\n') from kanta.document"));
        (await database.Scalar<long>("select count(*) from kanta.document where controller_id = $1 and state = 'queued' and signed_at is null", Own)).ShouldBe(2);
        node.Get<KantaReadiness>().Certificates().Where(report => report.Purpose.EndsWith(OwnOid, StringComparison.Ordinal)).Select(report => report.Problem).ShouldAllBe(problem => problem != null);
    }
}
