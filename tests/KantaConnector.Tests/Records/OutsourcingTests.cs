using System.Xml.Linq;
using CareRecords;
using KantaConnector.Documents;
using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Records;

/// <summary>Care that another organiser has bought: its documents name that organiser's register, judged by the real simulator process.</summary>
public sealed class OutsourcingTests : IAsyncLifetime
{
    private const string Organiser = "1.2.246.10.77777777.10.0";
    private const string Keeper = "1.2.246.10.77777777.19.0";
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));
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
        await node.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task Authorise(WrittenCare care, string? eventOid = null)
    {
        var id = Guid.CreateVersion7();
        await database.Execute(
            """
            insert into care.outsourcing (id, controller_id, customer_oid, customer_name, register_controller_oid, register_controller_name, register_controller_kind, register_code,
              patient_id, service_event_oid, valid_from, valid_until, recorded_by, recorded_by_name, recorded_at)
            values ($1, $2, $3, 'Testihyvinvointialue', $4, 'Testihyvinvointialueen rekisteri', '1', '2', $5, $6, '2026-01-01', '2026-12-31', $1, 'Pääkäyttäjä', now())
            """, id, KantaDatabase.ControllerId, Organiser, Keeper, WrittenCare.PatientId, (object?)eventOid ?? DBNull.Value);
        await database.Execute("update care.service_event set outsourcing_id = $2 where id = $1", care.ServiceEvent, id);
    }

    private async Task<XElement[]> Archived() => await Task.WhenAll((await simulator.Ledger()).GetProperty("entries").EnumerateArray()
        .Where(entry => entry.GetProperty("kind").GetString() == "message" && entry.GetProperty("outcome").GetString() == "archived")
        .Select(async entry => SafeXml.Linq(await simulator.Document(entry.GetProperty("document").GetProperty("id").GetString()!)).Root!));

    private static void IsTheOrganisers(XElement document)
    {
        document.Element(Hl7 + "code")!.Attribute("code")!.Value.ShouldBe("2");
        document.Element(Hl7 + "custodian")!.Descendants(Hl7 + "id").Single().Attribute("root")!.Value.ShouldBe(Keeper);
        var local = document.Element(Fi + "localHeader")!;
        local.Element(Fi + "custodianTypeCode")!.Attribute("code")!.Value.ShouldBe("1");
        local.Element(Fi + "outsourcingServiceCustomer")!.Attribute("root")!.Value.ShouldBe(Organiser);
        local.Element(Fi + "outsourcingServiceCustomerName")!.Value.ShouldBe("Testihyvinvointialue");
    }

    [Fact]
    public async Task Signed_UnderAnAuthorisation_GoesIntoTheOrganisersRegister_AndSoDoesItsCorrection()
    {
        var care = new WrittenCare(database, node);
        await care.Write(Began);
        await Authorise(care);
        await care.Sign(1, SignedAct.New, "Ostopalveluna.");
        await care.Sign(2, SignedAct.Correction, "Korjattu.");
        await Invariants.AllArchived(database);
        var documents = await Archived();
        documents.Length.ShouldBe(3);
        Array.ForEach(documents, IsTheOrganisers);
        documents.Single(document => document.Element(Fi + "localHeader")!.Element(Fi + "documentType")!.Attribute("code")!.Value == "4")
            .Descendants(Hl7 + "responsibleParty").Single().Descendants(Hl7 + "representedOrganization").Elements(Hl7 + "id").Single().Attribute("root")!.Value.ShouldBe($"{Some.Root}.10.0");
        (await simulator.Ledger()).GetProperty("entries").EnumerateArray().SelectMany(entry => entry.TryGetProperty("findings", out var found) ? found.EnumerateArray().ToArray() : [])
            .Select(finding => finding.ToString()).Where(finding => !finding.Contains("SIM-G20", StringComparison.Ordinal) && !finding.Contains("SIM-M06", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Signed_WhereTheAuthorisationNamesTheEvent_JoinsItAndSendsNoDocumentOfTheEvent()
    {
        const string Theirs = "1.2.246.10.77777777.16.2026.4711";
        var facts = Some.Facts() with { Oid = "1.2.246.10.77777777.11.2026.1", SetId = "1.2.246.10.77777777.11.2026.1", ServiceEvent = Some.ServiceEvent() with { Oid = Theirs } };
        await node.Queue([new Submission
        {
            Kind = SubmissionKind.ServiceEvent, ControllerId = KantaDatabase.ControllerId, PatientId = "organiser", Oid = facts.Oid, SetId = facts.SetId, Version = 1, ServiceEventOid = Theirs,
            Document = CdaBuilder.Build(Some.ServiceEventDocument() with { Facts = facts }),
        }]);
        await Invariants.AllArchived(database);

        var care = new WrittenCare(database, node) { EventOid = Theirs };
        await care.Write(Began);
        await Authorise(care, Theirs);
        await care.Sign(1, SignedAct.New, "Järjestäjän palvelutapahtumaan.");
        await Invariants.AllArchived(database);
        var documents = await Archived();
        documents.Length.ShouldBe(2, "the organiser's own, and the note");
        IsTheOrganisers(documents[1]);
        documents[1].Descendants(Hl7 + "encompassingEncounter").Single().Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(Theirs);
    }
}
