using System.Xml.Linq;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Status;
using KantaConnector.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace KantaConnector.Tests.Records;

/// <summary>Informing, permission and denial: recorded by their use case, sent as forms of register 12, judged by the real simulator process.</summary>
public sealed class InformingTests : IAsyncLifetime
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));
    private static readonly DateOnly Given = new(2026, 3, 2);
    private readonly KantaDatabase database = new();
    private SimulatorProcess simulator = null!;
    private Node? node;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        simulator = await SimulatorProcess.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
        await simulator.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task Start(bool withForms)
    {
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        foreach (var kind in withForms ? ["Denial", "Informing", "DisclosurePermission"] : Array.Empty<string>())
        {
            // The codes of the one published form serve for all three here; which codes the others have is not public.
            foreach (var (name, value) in new[]
            {
                ("View", "1.2.246.537.6.12.2002|331"), ("Template", "1.2.246.537.6.12.2002.331.20120110"), ("FieldSystem", "1.2.246.537.6.12.2002.331"),
                ("StatementField", "1"), ("VersionField", "3"), ("DateField", "23"), ("ScopeField", "9"), ("PatientField", "17"), ("PatientIdField", "18"),
                ("RecorderField", "32"), ("RecorderIdField", "31"), ("ProviderField", "25"),
            })
            {
                settings[$"Kanta:UnverifiedForms:{kind}:{name}"] = value;
            }
        }
        node = new Node(database.ConnectionString, database.Keys, settings);
        await node.Start();
    }

    private async Task<T> Act<T>(Func<RecordInforming, UnitOfWork, Task<T>> act)
    {
        await using var scope = node!.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), "Veera Hoitaja", UserRole.Practitioner, Guid.CreateVersion7());
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var result = await act(scope.ServiceProvider.GetRequiredService<RecordInforming>(), work);
        await work.CommitAsync();
        return result;
    }

    private Task<Outcome<Guid>> Record(string kind, string? scope = null, bool elsewhere = false) => Act((use, _) => use.HandleAsync(
        new RecordInforming.Request
        {
            PatientId = WrittenCare.PatientId,
            ControllerId = KantaDatabase.ControllerId,
            Kind = kind,
            TextVersion = "2.0",
            GivenOn = Given,
            Scope = scope,
            ServiceEventOid = $"{Some.Root}.16.2026.1.1",
            Elsewhere = elsewhere,
        },
        CancellationToken.None));

    private Task<IReadOnlyList<SubmissionStatus>> Sent(Guid act) => Act((_, work) => Submissions.OfInformingAsync(work, act, CancellationToken.None));

    [Fact]
    public async Task Recorded_WithForms_AreArchivedInRegister12_AndAWithdrawalReplacesItsAct()
    {
        await Start(withForms: true);
        var care = new WrittenCare(database, node!);
        await care.Write(Began);
        (await Record(RecordInforming.Denial, "event")).Refusals.Single().TextKey.ShouldBe("Care.Informing.First");
        var informing = (await Record(RecordInforming.Kanta)).Value;
        (await Record(RecordInforming.Kanta)).Value.ShouldBe(informing, "the same form sent twice is one act");
        (await Record(RecordInforming.Permission)).Done.ShouldBeTrue();
        (await Record(RecordInforming.Denial)).Refusals.Single().TextKey.ShouldBe("Care.Informing.ScopeNeeded");
        var denial = (await Record(RecordInforming.Denial, "event")).Value;
        (await Act((use, _) => use.WithdrawAsync(denial, WrittenCare.PatientId, KantaDatabase.ControllerId, Given, CancellationToken.None))).Done.ShouldBeTrue();
        (await Act((use, _) => use.WithdrawAsync(denial, WrittenCare.PatientId, KantaDatabase.ControllerId, Given, CancellationToken.None))).Done.ShouldBeFalse();
        (await Act((use, _) => use.WithdrawAsync(informing, WrittenCare.PatientId, KantaDatabase.ControllerId, Given, CancellationToken.None))).Done.ShouldBeFalse();
        await Invariants.AllArchived(database);

        var entries = (await simulator.Ledger()).GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == "message").ToArray();
        entries.SelectMany(entry => entry.GetProperty("findings").EnumerateArray()).Select(finding => finding.ToString())
            .Where(finding => !finding.Contains("SIM-G20", StringComparison.Ordinal) && !finding.Contains("SIM-M06", StringComparison.Ordinal)).ShouldBeEmpty();
        entries.Where(entry => entry.GetProperty("outcome").GetString() == "archived").Select(entry => entry.GetProperty("document"))
            .Select(document => (document.GetProperty("register").GetString(), document.GetProperty("type").GetString(), document.GetProperty("custodian").GetString(),
                document.GetProperty("serviceEvent").GetString(), document.GetProperty("version").GetInt32()))
            .Order().ShouldBe([.. Enumerable.Repeat(("12", "2", "1.2.246.10.2462460.19.1", "", 1), 3), ("12", "2", "1.2.246.10.2462460.19.1", "", 2)]);

        var versions = await Sent(denial);
        versions.Select(version => (version.Version, version.Content, version.State)).ShouldBe(
            [(1, SubmissionContent.Information, SubmissionState.Archived), (2, SubmissionContent.Information, SubmissionState.Archived)]);
        var withdrawal = SafeXml.Linq(await simulator.Document(versions[1].Oid)).Root!;
        withdrawal.Element(Hl7 + "relatedDocument")!.Descendants(Hl7 + "id").Single().Attribute("root")!.Value.ShouldBe(versions[0].Oid);
        withdrawal.Descendants(Hl7 + "content").First().Value.ShouldBe("Luovutuskielto (2.3.2026, tekstin versio 2.0) peruutettu 2.3.2026. Kirjaaja: Veera Hoitaja.");
        withdrawal.Descendants(Hl7 + "encompassingEncounter").Single().Element(Hl7 + "id").ShouldBeNull();
        withdrawal.Descendants(Hl7 + "content").Select(content => content.Value).ShouldContain($"Palvelutapahtuma {Some.Root}.16.2026.1.1");
    }

    [Fact]
    public async Task Recorded_WithoutAForm_IsNotSent_AndArchivingNeverWaitsForIt()
    {
        await Start(withForms: false);
        var care = new WrittenCare(database, node!);
        await care.Write(Began);
        await care.Sign(1, SignedAct.New, "Ilman informointia.");
        await Invariants.AllArchived(database);
        var informing = (await Record(RecordInforming.Kanta)).Value;
        (await Sent(informing)).ShouldBeEmpty();
        (await Record(RecordInforming.Denial, "all")).Done.ShouldBeTrue();
        (await database.Scalar<long>("select count(*) from kanta.document where kind = 'information'")).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from care.informing where recorded_by_name = 'Veera Hoitaja' and text_version = '2.0' and given_on = '2026-03-02'")).ShouldBe(2);
    }

    [Fact]
    public async Task Recorded_BeforeItsFormWasConfigured_IsSentAtTheNextStart_OnceAndNotWhatWasWithdrawn()
    {
        await Start(withForms: false);
        await new WrittenCare(database, node!).Person("010594Y9032");
        var informing = (await Record(RecordInforming.Kanta)).Value;
        var withdrawn = (await Record(RecordInforming.Permission)).Value;
        (await Act((use, _) => use.WithdrawAsync(withdrawn, WrittenCare.PatientId, KantaDatabase.ControllerId, Given, CancellationToken.None))).Done.ShouldBeTrue();
        for (var again = 0; again < 2; again++)
        {
            await node!.DisposeAsync();
            await Start(withForms: true);
            await Until.Holds(async () => (await Sent(informing)) is [{ State: SubmissionState.Archived }], async () => string.Join(", ", (await Sent(informing)).Select(one => one.ToString())), seconds: 120);
        }
        // Acts of now are queued by themselves, as ever.
        (await Sent((await Record(RecordInforming.Denial, "all")).Value)).Count.ShouldBe(1);
        (await Sent(informing)).Count.ShouldBe(1);
        (await Sent(withdrawn)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Recorded_BeforeTheIdentity_NeedsAttentionAndIsBuiltOnResend()
    {
        await Start(withForms: true);
        var informing = (await Record(RecordInforming.Kanta)).Value;
        var waiting = (await Sent(informing)).Single();
        (waiting.State, waiting.Reason).ShouldBe((SubmissionState.NeedsAttention, "not fit for the archive: patient: not recorded yet"));
        await new WrittenCare(database, node!).Person("010594Y9032");
        await Act(async (_, work) => await Mend(work, waiting.Id));
        await Invariants.AllArchived(database);
    }

    [Fact]
    public async Task Recorded_Elsewhere_IsNotSent()
    {
        await Start(withForms: true);
        (await Sent((await Record(RecordInforming.Kanta, elsewhere: true)).Value)).ShouldBeEmpty();
    }

    private async Task<MendResult> Mend(UnitOfWork work, Guid id)
    {
        await using var scope = node!.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), "Veera Hoitaja", UserRole.Practitioner);
        return await scope.ServiceProvider.GetRequiredService<MendSubmission>().ResendAsync(work, id, CancellationToken.None);
    }
}
