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
}
