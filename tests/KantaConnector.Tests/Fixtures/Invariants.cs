using System.Security.Cryptography;
using KantaConnector.Queue;
using Shouldly;

namespace KantaConnector.Tests.Fixtures;

/// <summary>What must hold whatever happened, checked from outside: the test's own list, the database, the archive's ledger.</summary>
internal static class Invariants
{
    public static Task AllArchived(KantaDatabase database, int seconds = 30) => Until.Holds(
        async () => await database.Scalar<long>("select count(*) from kanta.document where state <> 'archived'") == 0,
        async () => await database.Scalar<string>(
            """
            select string_agg(oid || ' ' || state || ' ' || coalesce(reason, ''), E'\n') || (select E'\n' || string_agg(way || ' ' || failures || ' ' || coalesce(hold, reason, ''), E'\n') from kanta.endpoint)
            from kanta.document where state <> 'archived'
            """),
        seconds);

    /// <summary>Nothing lost, nothing twice, order kept: every queued document archived once, with the stored bytes, in the order of chain and event.</summary>
    public static async Task Hold(IEnumerable<Submission> queued, ArchiveSink sink, KantaDatabase database)
    {
        var accepted = sink.Accepted.ToList();
        accepted.Select(received => received.Oid).Order().ShouldBe(queued.Select(submission => submission.Oid).Order());
        foreach (var chain in accepted.GroupBy(received => received.SetId))
        {
            chain.Select(received => received.Version).ShouldBe(Enumerable.Range(1, chain.Count()));
        }
        foreach (var serviceEvent in accepted.GroupBy(received => received.ServiceEvent))
        {
            serviceEvent.First().Type.ShouldBe("4");
        }
        foreach (var received in accepted)
        {
            (await database.Scalar<string>("select upper(encode(sha256, 'hex')) from kanta.document where oid = $1", received.Oid)).ShouldBe(received.Sha256);
        }
        sink.Ledger.GroupBy(received => received.Oid).ShouldAllBe(same => same.Select(received => received.Sha256).Distinct().Count() == 1);
        sink.Ledger.Select(received => received.MessageId).Distinct().Count().ShouldBe(sink.Ledger.Count);
        (await database.Scalar<long>("select count(*) from care.access_leaf where interaction = 'send'")).ShouldBe(accepted.Count);
    }

    /// <summary>The same from the simulator's own ledger, of which these documents are a part.</summary>
    public static async Task Hold(Submission[] queued, SimulatorProcess simulator, KantaDatabase database)
    {
        var mine = queued.Select(submission => submission.Oid).ToHashSet();
        var archived = (await simulator.Ledger()).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "message" && entry.TryGetProperty("outcome", out var outcome) && outcome.GetString() == "archived")
            .Select(entry => entry.GetProperty("document").GetProperty("id").GetString()!).Where(mine.Contains).ToArray();
        archived.Order().ShouldBe(mine.Order());
        var order = archived.Select((oid, at) => (oid, at)).ToDictionary(row => row.oid, row => row.at);
        foreach (var submission in queued)
        {
            Convert.ToHexStringLower(SHA256.HashData(await simulator.Document(submission.Oid)))
                .ShouldBe(await database.Scalar<string>("select encode(sha256, 'hex') from kanta.document where oid = $1", submission.Oid));
        }
        foreach (var together in queued.GroupBy(submission => submission.ServiceEventOid))
        {
            var first = together.Single(submission => submission.Kind == SubmissionKind.ServiceEvent);
            together.ShouldAllBe(submission => submission == first || order[first.Oid] < order[submission.Oid]);
        }
        foreach (var chain in queued.GroupBy(submission => submission.SetId))
        {
            chain.OrderBy(submission => submission.Version).Select(submission => order[submission.Oid]).ShouldBeInOrder();
        }
    }
}
