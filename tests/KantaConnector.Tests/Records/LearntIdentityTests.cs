using CareRecords;
using CareRecords.Database;
using KantaConnector.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace KantaConnector.Tests.Records;

/// <summary>An identity code that was learnt after documents had been archived under a temporary id, judged by the real simulator process.</summary>
public sealed class LearntIdentityTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));
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

    private async Task<Node> Started(string? learnt = null)
    {
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"], settings["Kanta:IdentityCodeLearnt"]) = ("00:00:20", "00:00:40", learnt);
        var node = new Node(database.ConnectionString, database.Keys, settings);
        await node.Start();
        return node;
    }

    [Fact]
    public async Task Learnt_TheOpenEventGoesOnUnderTheTemporaryId_TheNextBeginsUnderTheCode()
    {
        await using var node = await Started();
        var care = new WrittenCare(database, node);
        await care.Write(Began, ended: false, identityCode: null);
        await care.Sign(1, SignedAct.New, "Ennen.");
        await Invariants.AllArchived(database);

        await care.Learns("010594Y9032");
        await care.Sign(2, SignedAct.Correction, "Korjattu.");
        var beside = new WrittenCare(database, node) { ServiceEvent = care.ServiceEvent, SetId = $"{Some.Root}.11.2026.1.910" };
        await beside.Contact(Began.AddDays(1), ended: true);
        await beside.Sign(1, SignedAct.New, "Saman sarjan toinen käynti.");
        await database.Execute("update care.service_event set ended_at = $1", Began.AddDays(9).ToUniversalTime());
        await using (var scope = node.Services.CreateAsyncScope())
        {
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            await scope.ServiceProvider.GetRequiredService<IServiceEventEnded>().EndedAsync(care.ServiceEvent, work, CancellationToken.None);
            await work.CommitAsync();
        }
        var next = new WrittenCare(database, node) { EventOid = $"{Some.Root}.16.2026.1.2", SetId = $"{Some.Root}.11.2026.1.920" };
        await next.Event(Began.AddDays(20), ended: true);
        await next.Contact(Began.AddDays(20), ended: true);
        await next.Sign(1, SignedAct.New, "Seuraava tapahtuma.");
        await Invariants.AllArchived(database);

        var archived = (await simulator.Ledger()).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "message" && entry.GetProperty("outcome").GetString() == "archived")
            .Select(entry => entry.GetProperty("document").GetProperty("patientId").GetString()).ToArray();
        archived.ShouldBe([.. Enumerable.Repeat("010594-998F", 5), .. Enumerable.Repeat("010594Y9032", 2)], ignoreOrder: true);
    }

    [Fact]
    public async Task LearntAtOnce_ThisArchiveRefusesTheCorrection()
    {
        await using var node = await Started("atOnce");
        var care = new WrittenCare(database, node);
        await care.Write(Began, identityCode: null);
        await care.Sign(1, SignedAct.New, "Ennen.");
        await Invariants.AllArchived(database);
        await care.Learns("010594Y9032");
        await care.Sign(2, SignedAct.Correction, "Korjattu.");
        await Until.Holds(async () => await database.Scalar<long>("select count(*) from kanta.document where state = 'refused' and codes::text like '%SIM-V07%'") == 1,
            async () => await database.Scalar<string>("select string_agg(oid || ' ' || state || coalesce(reason, ''), E'\n') from kanta.document"));
    }
}
