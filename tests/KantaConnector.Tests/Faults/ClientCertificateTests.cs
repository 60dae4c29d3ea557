using KantaConnector.Status;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>F16, our own certificate: expired, renewed in place while the node runs, and again towards its end.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task F16_OwnCertificateExpires_NothingIsBurned_AndARenewedOneServesWithoutRestart()
    {
        Renew(TimeSpan.FromDays(-1));
        var node = bench.NewNode();
        await node.Start();
        var queued = FaultBench.Events(1);
        await node.Queue(queued);
        await Until.Holds(
            async () => await bench.Database.Scalar<string?>("select hold from kanta.endpoint where way = 'documents'") is { } hold && hold.Contains("expired", StringComparison.Ordinal),
            () => Task.FromResult("no hold"), 60);
        (await bench.Database.Scalar<long>("select count(*) from kanta.document where state <> 'queued' or attempts > 0 or endpoint_faults > 0")).ShouldBe(0);
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt")).ShouldBe(0);
        node.Get<KantaReadiness>().Certificates().ShouldAllBe(one => one.Problem!.Contains("expired", StringComparison.Ordinal) && one.WarnDays == null);

        (double Days, int? Warns)[] ends = [(60, null), (29, 30), (6, 7), (0.9, 1), (400, null)];
        for (var turn = 0; turn < ends.Length; turn++)
        {
            Renew(TimeSpan.FromDays(ends[turn].Days));
            await Until.Holds(
                () => Task.FromResult(node.Get<KantaReadiness>().Certificates().All(one => one.Problem is null && one.WarnDays == ends[turn].Warns)), () => Task.FromResult($"{ends[turn]}"), 60);
            // It serves, whatever it warns of.
            if (turn > 0)
            {
                var more = FaultBench.Events(1, notes: 0, correction: false, from: turn + 1);
                queued = [.. queued, .. more];
                await node.Queue(more);
            }
            await Invariants.AllArchived(bench.Database, 60);
        }
        (await bench.Database.Scalar<string?>("select hold from kanta.endpoint where way = 'documents'")).ShouldBeNull();
        await Invariants.Hold(queued, bench.Sink, bench.Database);
        Runs.Passed("F16", ends.Length + 1, "ends of our own certificate, each renewed in place beside the running node");
    }

    // Its time of writing tells a renewed file from the one before.
    private void Renew(TimeSpan left)
    {
        var files = bench.Certificates.Client(until: DateTimeOffset.UtcNow + left);
        File.SetLastWriteTimeUtc(files.File, DateTime.UtcNow.AddSeconds(Interlocked.Increment(ref written)));
    }

    private int written;
}
