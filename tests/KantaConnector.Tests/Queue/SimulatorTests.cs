using System.Security.Cryptography;
using System.Text.Json;
using KantaConnector.Documents;
using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>Against the real simulator process: an independent judge of messages, documents and signatures.</summary>
public sealed class SimulatorTests : IAsyncLifetime
{
    private readonly KantaDatabase database = new();
    private SimulatorProcess simulator = null!;
    private Node node = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        simulator = await SimulatorProcess.Start();
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        node = new Node(database.ConnectionString, database.Keys, settings);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Drain_EverythingWeBuild_IsArchivedWithoutAnyFinding()
    {
        var queued = Enumerable.Range(1, 3).SelectMany(number => Node.Event(number)).ToArray();
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(database);
        var messages = await Messages();
        messages.Select(message => message.GetProperty("outcome").GetString()).ShouldAllBe(outcome => outcome == "archived");
        messages.Length.ShouldBe(queued.Length);
        messages.SelectMany(message => message.GetProperty("findings").EnumerateArray()).Select(finding => finding.GetProperty("code").GetString())
            .Where(code => code is not ("SIM-G20" or "SIM-M06")).ShouldBeEmpty();
        await ArchiveHoldsOurBytesOnce(queued);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drain_RichDocument_IsArchivedWithoutAnyFinding(bool guardianAsSection)
    {
        var note = Some.Everything(guardianAsSection);
        var serviceEvent = Some.ServiceEventDocument();
        var queued = new[]
        {
            Of(SubmissionKind.ServiceEvent, serviceEvent.Facts, CdaBuilder.Build(serviceEvent with { Facts = serviceEvent.Facts with { Patient = note.Facts.Patient } })),
            Of(SubmissionKind.Care, note.Facts, CdaBuilder.Build(note)),
        };
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(database);
        (await Messages()).SelectMany(message => message.GetProperty("findings").EnumerateArray()).Select(finding => finding.ToString())
            .Where(finding => !finding.Contains("SIM-G20") && !finding.Contains("SIM-M06")).ShouldBeEmpty();

        static Submission Of(SubmissionKind kind, DocumentFacts facts, BuiltDocument built) => new()
        {
            Kind = kind,
            ControllerId = KantaDatabase.ControllerId,
            PatientId = "patient-rich",
            Oid = facts.Oid,
            SetId = facts.SetId,
            Version = facts.Version,
            ServiceEventOid = facts.ServiceEvent.Oid,
            Document = built,
        };
    }

    [Theory]
    [InlineData("before")]
    [InlineData("in-headers")]
    [InlineData("within")]
    [InlineData("last-byte")]
    [InlineData("before-archiving")]
    public async Task Drain_AcknowledgementLost_IsArchivedOnce(string when)
    {
        await simulator.Faults(new { faults = new[] { new { kind = "lose-ack", when, how = "rst", count = 3 } } });
        var queued = Node.Event(1);
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(database);
        await ArchiveHoldsOurBytesOnce(queued);
        (await database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'unknown'")).ShouldBe(3);
    }

    [Fact]
    public async Task Drain_Invalidation_IsDoneAfterTheDocumentIsArchived()
    {
        var queued = Node.Event(1, notes: 1, correction: false);
        var note = queued[1];
        var invalidation = new Submission
        {
            Kind = SubmissionKind.Invalidation,
            ControllerId = note.ControllerId,
            PatientId = note.PatientId,
            Oid = note.Oid,
            SetId = note.SetId,
            Version = 2,
            ServiceEventOid = note.ServiceEventOid,
            InvalidationContent = InvalidationContent.OfDocument(note.Oid, Some.Maker(AuthorRole.MIT), "Europe/Helsinki"),
        };
        await node.Queue([invalidation, .. queued]);
        await node.Start();
        await Invariants.AllArchived(database);
        (await simulator.Ledger()).GetProperty("entries").EnumerateArray().Select(entry => entry.TryGetProperty("outcome", out var outcome) ? outcome.GetString() : null)
            .Where(outcome => outcome is not null).ShouldBe(["archived", "archived", "invalidated"]);
    }

    [Fact]
    public async Task Drain_MistakenServiceEvent_IsInvalidatedAfterItsDocuments()
    {
        var queued = Node.Event(1, notes: 1, correction: false);
        var (serviceEvent, note) = (queued[0], queued[1]);
        Submission Invalidation(string oid, string set, int version, Guid? noteId, byte[] content) => new()
        {
            Kind = SubmissionKind.Invalidation,
            ControllerId = note.ControllerId,
            PatientId = note.PatientId,
            Oid = oid,
            SetId = set,
            Version = version,
            ServiceEventOid = serviceEvent.ServiceEventOid,
            NoteId = noteId,
            InvalidationContent = content,
        };
        var by = Some.Maker(AuthorRole.MIT);
        await node.Queue(
        [
            Invalidation(serviceEvent.ServiceEventOid!, serviceEvent.SetId, 2, null, InvalidationContent.OfServiceEvent(serviceEvent.ServiceEventOid!, by, "Europe/Helsinki")),
            Invalidation(note.Oid, note.SetId, 2, Guid.CreateVersion7(), InvalidationContent.OfDocument(note.Oid, by, "Europe/Helsinki")),
            .. queued,
        ]);
        await node.Start();
        await Invariants.AllArchived(database);
        var invalidations = (await simulator.Ledger()).GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == "invalidation").ToArray();
        invalidations.Select(entry => entry.GetProperty("outcome").GetString()).ShouldAllBe(outcome => outcome == "invalidated");
        invalidations.Select(entry => entry.TryGetProperty("documentId", out var id) ? id.GetString() : null).ShouldBe([note.Oid, null]);
    }

    private async Task ArchiveHoldsOurBytesOnce(Submission[] queued)
    {
        (await Messages()).Where(message => message.GetProperty("outcome").GetString() == "archived")
            .Select(message => message.GetProperty("document").GetProperty("id").GetString()).Order().ShouldBe(queued.Select(submission => submission.Oid).Order());
        foreach (var submission in queued)
        {
            Convert.ToHexStringLower(SHA256.HashData(await simulator.Document(submission.Oid)))
                .ShouldBe(await database.Scalar<string>("select encode(sha256, 'hex') from kanta.document where oid = $1", submission.Oid));
        }
    }

    private async Task<JsonElement[]> Messages() => [.. (await simulator.Ledger()).GetProperty("entries").EnumerateArray()
        .Where(entry => entry.GetProperty("kind").GetString() == "message")];
}
