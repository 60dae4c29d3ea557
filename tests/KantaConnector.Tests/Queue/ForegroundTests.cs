using KantaConnector.Queue;
using KantaConnector.Tests.Faults;
using KantaConnector.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>A drain steps aside for requests of people, and goes on all the same.</summary>
public sealed class ForegroundTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Step_WaitsForTheEndOfTheRequest_OrAMoment()
    {
        var clock = new FakeTimeProvider();
        var foreground = new Foreground(clock);
        foreground.Step(CancellationToken.None).AsTask().IsCompleted.ShouldBeTrue("nobody is there");
        foreground.IsActive.ShouldBeFalse();

        foreground.Enter();
        foreground.Enter();
        foreground.IsActive.ShouldBeTrue();
        foreground.Signing(CancellationToken.None).MaxDegreeOfParallelism.ShouldBe(1);
        var until = foreground.Step(CancellationToken.None).AsTask();
        var moment = foreground.Step(CancellationToken.None).AsTask();
        foreground.Leave();
        until.IsCompleted.ShouldBeFalse("another request is under way");
        clock.Advance(TimeSpan.FromMilliseconds(15));
        await moment;

        var next = foreground.Step(CancellationToken.None).AsTask();
        foreground.Leave();
        await next;
        foreground.IsActive.ShouldBeTrue("somebody reads, and will ask again");
        clock.Advance(TimeSpan.FromSeconds(3));
        foreground.IsActive.ShouldBeFalse();
    }

    [Fact]
    public async Task Drain_BesideRequestsWithoutEnd_GoesOn()
    {
        var node = bench.NewNode();
        node.Get<Foreground>().Enter();
        var queued = FaultBench.Events(5);
        await node.Queue(queued);
        await node.Start();
        await Invariants.AllArchived(bench.Database, 60);
        await Invariants.Hold(queued, bench.Sink, bench.Database);
    }
}
