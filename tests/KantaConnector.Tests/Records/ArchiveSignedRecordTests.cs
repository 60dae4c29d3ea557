using System.Text;
using System.Xml.Linq;
using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using KantaConnector.Status;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace KantaConnector.Tests.Records;

/// <summary>The port of the signing transaction, on the rows that signing writes.</summary>
public sealed class ArchiveSignedRecordTests : IAsyncLifetime
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));
    private readonly KantaDatabase database = new();
    private readonly Guid visit = Guid.CreateVersion7();
    private readonly Guid serviceEvent = Guid.CreateVersion7();
    private readonly Guid practitioner = Guid.CreateVersion7();
    private readonly Guid note = Guid.CreateVersion7();
    private Node node = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        node = new Node(database.ConnectionString, database.Keys, Node.Settings(null, "", new CertificateSource()));
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await database.DisposeAsync();
    }

    private const string PatientId = WrittenCare.PatientId;
    private const string FirstOid = WrittenCare.FirstOid;

    private Task WriteCare(DateTimeOffset began, bool ended = true) => Care.Write(began, ended);

    private Task Sign(int version, SignedAct act, string text, Func<NoteContent, NoteContent>? with = null, string? oid = null) => Care.Sign(version, act, text, with, oid);

    private WrittenCare Care => new(database, node) { Visit = visit, ServiceEvent = serviceEvent, Note = note, Practitioner = practitioner };

    private async Task<List<(string Kind, int Version, string State, string? Reason, string Oid)>> Queued()
    {
        await using var work = new UnitOfWork(database.DataSource);
        return await work.QueryAsync("select kind, version, state, reason, oid from kanta.document order by queued_order",
            reader => (reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4)), CancellationToken.None);
    }

    private async Task<XElement> Document(string oid)
    {
        var id = await database.Scalar<Guid>("select id from kanta.document where oid = $1", oid);
        var body = await node.Get<FieldCipher>().DecryptAsync(QueueDocument.Body(id), await database.Scalar<byte[]>("select body from kanta.document where id = $1", id));
        return SafeXml.Linq(body).Root!;
    }

    [Fact]
    public async Task Reconcile_SignedSinceTheRestore_FollowsWhatOnlyTheArchiveHolds()
    {
        const string forgotten = Some.Root + ".11.2026.1.902", signedSince = Some.Root + ".11.2026.2.1";
        await using var simulator = await SimulatorProcess.Start();
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Ensimmäinen.");
        await Sign(2, SignedAct.Correction, "Unohtunut.", oid: forgotten);
        await using (var sender = new Node(database.ConnectionString, database.Keys, settings))
        {
            await sender.Start();
            await Invariants.AllArchived(database, 60);
        }
        // Restored to before the correction, which is then written anew with other words.
        await database.Execute("delete from kanta.attempt where document_id in (select id from kanta.document where note_version = 2)");
        await database.Execute("delete from kanta.document where note_version = 2");
        await database.Execute("delete from care.note_version where version = 2");
        await Sign(2, SignedAct.Correction, "Uusi.", oid: signedSince);

        await using var restored = new Node(database.ConnectionString, database.Keys, settings, seen: database.Epochs);
        var said = new StringWriter();
        (await ReconcileVerb.RunAsync(restored.Services, true, Began.AddDays(-1), false, true, said, CancellationToken.None)).ShouldBe(1, said.ToString());
        (await Queued()).Where(row => row.Kind == "care").Select(row => (row.Oid, row.Version, row.State)).ShouldBe(
            [(FirstOid, 1, "archived"), (signedSince, 3, "queued"), (forgotten, 2, "archived")], ignoreOrder: true, said.ToString());
        await restored.Start();
        await Invariants.AllArchived(database, 60);
        var last = SafeXml.Linq(await simulator.Document(signedSince)).Root!;
        last.Element(Hl7 + "versionNumber")!.Attribute("value")!.Value.ShouldBe("3");
        last.Element(Hl7 + "relatedDocument")!.Element(Hl7 + "parentDocument")!.Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(forgotten);
        last.ToString().ShouldContain("Uusi.");
    }

    [Fact]
    public async Task Reconcile_ArchiveDoesNotAnswer_TheQueueStandsStillUntilItIsToldToGoOn()
    {
        await using var simulator = await SimulatorProcess.Start("--fault", "status:status=503");
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Ensimmäinen.");
        await using var restored = new Node(database.ConnectionString, database.Keys, Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client), seen: database.Epochs);
        var said = new StringWriter();
        (await ReconcileVerb.RunAsync(restored.Services, true, Began.AddDays(-1), false, false, said, CancellationToken.None)).ShouldBe(2);
        said.ToString().ShouldContain("HTTP 503");
        said.ToString().ShouldContain("the queue stays still");
        await restored.Start();
        await Until.Holds(async () => (await database.Scalar<string?>("select hold from kanta.endpoint where way = 'documents'"))?.Contains("reconcile", StringComparison.Ordinal) == true, () => Task.FromResult("hold"));
        (await database.Scalar<long>("select count(*) from kanta.attempt")).ShouldBe(0);

        said = new StringWriter();
        (await ReconcileVerb.RunAsync(restored.Services, false, Began.AddDays(-1), true, false, said, CancellationToken.None)).ShouldBe(2);
        said.ToString().ShouldContain("the queue goes on");
        await simulator.Faults(new { faults = Array.Empty<object>() });
        await Invariants.AllArchived(database, 60);
    }

    [Fact]
    public async Task Signed_FirstNote_QueuesTheServiceEventThenTheNote()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Selkä parempi.");
        var queued = await Queued();
        queued.Select(row => (row.Kind, row.Version, row.State)).ShouldBe([("service_event", 1, "queued"), ("care", 1, "queued")]);
        var care = await Document(FirstOid);
        care.Descendants(Hl7 + "content").Select(c => c.Value).ShouldContain("Selkä parempi.");
        care.Descendants(Hl7 + "content").Select(c => c.Value).ShouldContain("Hoidon syy: oma-1 Oma syy");
        care.Descendants(Hl7 + "entry").Elements().Select(e => (e.Name.LocalName, e.Element(Hl7 + "code")!.Attribute("codeSystem")!.Value)).ShouldBe(
            [("observation", "1.2.246.537.6.31.2007"), ("observation", "2.16.840.1.113883.6.1"), ("procedure", "1.2.246.537.6.12.999.2003")]);
        care.Descendants(Hl7 + "section").Count().ShouldBe(3);
        care.Element(Hl7 + "effectiveTime")!.Attribute("value")!.Value.ShouldBe("20260302100000");
        var serviceEventDocument = await Document(queued[0].Oid);
        serviceEventDocument.Descendants(Hl7 + "high").First().Attribute("value")!.Value.ShouldBe("20260302084500");
        await using var work = new UnitOfWork(database.DataSource);
        var status = (await Submissions.OfNoteAsync(work, note, CancellationToken.None)).Single();
        (status.State, status.DueAt, status.NoteVersion).ShouldBe((SubmissionState.Queued, Began.AddMinutes(45).AddDays(5), 1));
    }

    [Fact]
    public async Task Signed_WithOthers_NamesThemInTheirRoles()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Yhdessä.", content => content with { MadeWith = Guid.CreateVersion7(), TypedBy = Guid.CreateVersion7(), Device = "Voimalevy 3" });
        var care = await Document(FirstOid);
        care.Descendants(Hl7 + "functionCode").Select(f => f.Attribute("code")!.Value).ShouldBe(["MER", "MER", "KIR", "OHJ"]);
        care.Descendants(Hl7 + "softwareName").Single().Value.ShouldBe("Voimalevy 3");
    }

    [Fact]
    public async Task Signed_WhereFieldsAreConfigured_WritesTheReasonForCareAsTheFieldsValue()
    {
        await node.DisposeAsync();
        node = new Node(database.ConnectionString, database.Keys, new Dictionary<string, string?>(Node.Settings(null, "", new CertificateSource()))
        {
            ["Kanta:ConditionEntry:Field"] = "1.2.246.537.6.12.999.2003|DEMO-FIELD",
            ["Kanta:ConditionEntry:Template"] = "1.2.246.537.6.12.999.2003.9",
        });
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Selkä.");
        var finding = (await Document(FirstOid)).Descendants(Hl7 + "observation").First();
        finding.Element(Hl7 + "templateId")!.Attribute("root")!.Value.ShouldBe("1.2.246.537.6.12.999.2003.9");
        finding.Element(Hl7 + "code")!.Attribute("code")!.Value.ShouldBe("DEMO-FIELD");
        (finding.Element(Hl7 + "value")!.Attribute("code")!.Value, finding.Element(Hl7 + "value")!.Attribute("codeSystem")!.Value).ShouldBe(("L03", "1.2.246.537.6.31.2007"));
    }

    [Fact]
    public async Task Signed_AtRest_HoldsNothingReadable()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Selkä parempi.");
        var row = await database.Scalar<string>("select string_agg(encode(body, 'escape') || encode(wrapper, 'escape') || d::text, '') from kanta.document d");
        foreach (var secret in new[] { "010594Y9032", "parempi", "Testilä", "Vantaa", "structuredBody" })
        {
            row.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Signed_SecondNoteOfTheSameEvent_QueuesNoSecondServiceEventDocument()
    {
        await WriteCare(Began, ended: false);
        await Sign(1, SignedAct.New, "Yksi.");
        await Sign(2, SignedAct.Correction, "Yksi, korjattu.");
        (await Queued()).Select(row => (row.Kind, row.Version)).ShouldBe([("service_event", 1), ("care", 1), ("care", 2)]);
        var correction = await Document($"{Some.Root}.11.2026.1.902");
        correction.Element(Hl7 + "relatedDocument")!.Descendants(Hl7 + "id").Single().Attribute("root")!.Value.ShouldBe(FirstOid);
        correction.Descendants(Hl7 + "functionCode").Select(f => f.Attribute("code")!.Value).ShouldBe(["MER", "KOR"]);
    }

    [Fact]
    public async Task Ended_AfterTheOpenDocument_QueuesAVersionWithTheEnd()
    {
        await WriteCare(Began, ended: false);
        await Sign(1, SignedAct.New, "Yksi.");
        await database.Execute("update care.service_event set ended_at = $1", Began.AddDays(9).ToUniversalTime());
        for (var again = 0; again < 2; again++)
        {
            await using var scope = node.Services.CreateAsyncScope();
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            await scope.ServiceProvider.GetRequiredService<IServiceEventEnded>().EndedAsync(serviceEvent, work, CancellationToken.None);
            await work.CommitAsync();
        }
        var queued = await Queued();
        queued.Select(row => (row.Kind, row.Version, row.State)).ShouldBe([("service_event", 1, "queued"), ("care", 1, "queued"), ("service_event", 2, "queued")]);
        var second = await Document(queued[2].Oid);
        second.Descendants(Hl7 + "high").First().Attribute("value")!.Value.ShouldBe("20260311080000");
        second.Element(Hl7 + "setId")!.Attribute("root")!.Value.ShouldBe(queued[0].Oid);
    }

    [Theory]
    [InlineData("always", true)]
    [InlineData("outsourced", false)]
    public async Task ServiceEventDocument_NamesItsOrganiser_AsThePublishedOneDoes_UnlessSwitchedOff(string which, bool named)
    {
        var settings = Node.Settings(null, "", new CertificateSource());
        settings["Kanta:ServiceEventOrganiser"] = which;
        await using var other = new Node(database.ConnectionString, database.Keys, settings);
        var care = Care with { Node = other };
        await care.Write(Began);
        await care.Sign(1, SignedAct.New, "Yksi.");
        var local = (await Document((await Queued())[0].Oid)).Element(Fi + "localHeader")!;
        ((string?)local.Element(Fi + "outsourcingServiceCustomer")?.Attribute("root"), (string?)local.Element(Fi + "outsourcingServiceCustomerName"))
            .ShouldBe(named ? ($"{Some.Root}.10.0", "Testaaja Oy") : (null, null));
        (await Document(FirstOid)).Descendants(Fi + "outsourcingServiceCustomer").ShouldBeEmpty("a note names the organiser of an outsourced service only");
    }

    [Fact]
    public async Task Signed_CareFromBeforeJoining_IsNotQueued()
    {
        await WriteCare(new DateTimeOffset(2025, 12, 31, 23, 0, 0, TimeSpan.FromHours(2)));
        await Sign(1, SignedAct.New, "Vanha.");
        (await Queued()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Signed_Invalidation_IsQueuedBehindWhatItInvalidates()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Väärä potilas.");
        await Sign(2, SignedAct.Invalidation, "Väärä potilas.");
        (await Queued()).Select(row => (row.Kind, row.Version, row.State, row.Oid == FirstOid)).ShouldBe(
            [("service_event", 1, "queued", false), ("care", 1, "queued", true), ("invalidation", 2, "queued", true)]);
    }

    [Fact]
    public async Task Invalidated_ServiceEvent_IsQueuedAsTheLastOfItsChain()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Väärä potilas.");
        await Sign(2, SignedAct.Invalidation, "Väärä potilas.");
        await database.Execute("update care.service_event set invalidated_at = now(), invalidated_by = $1", practitioner);
        await using (var scope = node.Services.CreateAsyncScope())
        {
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            await scope.ServiceProvider.GetRequiredService<IServiceEventInvalidated>().InvalidatedAsync(serviceEvent, work, CancellationToken.None);
            await work.CommitAsync();
        }
        (await Queued()).Select(row => (row.Kind, row.Version, row.Oid == $"{Some.Root}.16.2026.1.1")).ShouldBe(
            [("service_event", 1, false), ("care", 1, false), ("invalidation", 2, false), ("invalidation", 2, true)]);
    }

    [Fact]
    public async Task Signed_FactsThatDoNotFit_NeedAttentionAndAreBuiltAnewOnResend()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Teksti\u0001.");
        var unfit = (await Queued())[1];
        (unfit.State, unfit.Reason).ShouldBe(("refused", "not fit for the archive: entries[0].stages[0].headings[0].paragraphs: holds a character that XML cannot carry"));
        (await Resend(unfit.Oid)).ShouldBe(MendResult.StillUnfit);
        var mended = await node.Get<FieldCipher>().EncryptAsync(KeyScope.Patient(PatientId), new FieldPlace("care.note_version.content", $"{note:N}/1"),
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString((await node.Get<FieldCipher>().DecryptAsync(new FieldPlace("care.note_version.content", $"{note:N}/1"),
                await database.Scalar<byte[]>("select content from care.note_version")))!).Replace("\\u0001", "", StringComparison.Ordinal)));
        await database.Execute("update care.note_version set content = $1", mended);
        (await Resend(unfit.Oid)).ShouldBe(MendResult.Done);
        (await Queued())[1].State.ShouldBe("queued");
        (await Document(FirstOid)).Descendants(Hl7 + "content").Select(c => c.Value).ShouldContain("Teksti.");
        (await Resend(unfit.Oid)).ShouldBe(MendResult.NotRefused);
        (await database.Scalar<long>("select count(*) from care.access_leaf where resource_type = 'KantaDocument'")).ShouldBe(2);
    }

    [Fact]
    public async Task Signed_CorrectionOfARefusedNote_GoesAsANewDocumentAndLaterOnesFollowIt()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Hylätty.");
        await Refuse(FirstOid);
        await Sign(2, SignedAct.Correction, "Korjattu.");
        await Sign(3, SignedAct.Correction, "Korjattu taas.");
        var second = $"{Some.Root}.11.2026.1.902";
        (await Queued())[1].State.ShouldBe("superseded");
        (await Chain(second)).ShouldBe((second, 1, "queued"));
        (await Chain($"{Some.Root}.11.2026.1.903")).ShouldBe((second, 2, "queued"));
        var document = await Document(second);
        document.Element(Hl7 + "setId")!.Attribute("root")!.Value.ShouldBe(second);
        document.Element(Hl7 + "relatedDocument").ShouldBeNull();
        (await Document($"{Some.Root}.11.2026.1.903")).Element(Hl7 + "relatedDocument")!.Element(Hl7 + "parentDocument")!.Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(second);
    }

    [Fact]
    public async Task Signed_InvalidationOfARefusedNote_SendsNothing()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Hylätty.");
        await Refuse(FirstOid);
        await Sign(2, SignedAct.Invalidation, "Hylätty.");
        (await Queued()).Select(row => (row.Kind, row.State)).ShouldBe([("service_event", "queued"), ("care", "superseded")]);
    }

    [Fact]
    public async Task Promote_CorrectionsBehindARefusedNote_TakeItsPlaceOnce()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Hylätty.");
        await Sign(2, SignedAct.Correction, "Korjattu.");
        await Sign(3, SignedAct.Correction, "Korjattu taas.");
        await Refuse(FirstOid);
        var second = $"{Some.Root}.11.2026.1.902";
        (await Promote()).ShouldBe(1);
        (await Promote()).ShouldBe(0);
        (await Chain(FirstOid)).ShouldBe((FirstOid, 1, "superseded"));
        (await Chain(second)).ShouldBe((second, 1, "queued"));
        (await Chain($"{Some.Root}.11.2026.1.903")).ShouldBe((second, 2, "queued"));
        (await Document(second)).Element(Hl7 + "versionNumber")!.Attribute("value")!.Value.ShouldBe("1");
    }

    [Fact]
    public async Task Promote_DocumentWhoseFateIsOpen_StaysAndBlocks()
    {
        await WriteCare(Began);
        await Sign(1, SignedAct.New, "Ehkä arkistossa.");
        await Sign(2, SignedAct.Correction, "Korjattu.");
        await database.Execute("update kanta.document set state = 'refused', signed_at = now(), sha256 = '\\x00', reason = 'SIM-V11' where oid = $1", FirstOid);
        (await Promote()).ShouldBe(0);
        (await Chain($"{Some.Root}.11.2026.1.902")).ShouldBe((FirstOid, 2, "queued"));
    }

    private Task Refuse(string oid) => database.Execute(
        "update kanta.document set state = 'refused', signed_at = now(), sha256 = '\\x00', content_refused = true, reason = 'SIM-D14' where oid = $1", oid);

    private async Task<int> Promote()
    {
        await using var scope = node.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var set = await scope.ServiceProvider.GetRequiredService<KantaConnector.Records.PromoteCorrections>().Handle(work, CancellationToken.None);
        await work.CommitAsync();
        return set;
    }

    private async Task<(string Set, int Version, string State)> Chain(string oid)
    {
        await using var work = new UnitOfWork(database.DataSource);
        return (await work.QueryAsync("select set_id, version, state from kanta.document where oid = $1 and kind = 'care'",
            reader => (reader.GetString(0), reader.GetInt32(1), reader.GetString(2)), CancellationToken.None, oid)).Single();
    }

    private async Task<MendResult> Resend(string oid)
    {
        await using var scope = node.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var status = (await Submissions.FindAsync(work, oid, CancellationToken.None))!;
        var result = await scope.ServiceProvider.GetRequiredService<MendSubmission>().ResendAsync(work, status.Id, CancellationToken.None);
        await work.CommitAsync();
        return result;
    }
}
