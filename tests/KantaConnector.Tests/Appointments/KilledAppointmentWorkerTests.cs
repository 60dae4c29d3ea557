using KantaConnector.Tests.Faults;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Appointments;

/// <summary>A worker process is killed (SIGKILL) while it sends an appointment's versions to the simulator process; a successor finishes what it left.</summary>
public sealed class KilledAppointmentWorkerTests(SigningSimulator shared) : IClassFixture<SigningSimulator>, IAsyncLifetime
{
    private static readonly string[] Life = ["1 booked", "2 booked", "3 checked-in", "4 fulfilled"];
    private readonly AppointmentBench bench = new(shared.Process);

    public ValueTask InitializeAsync() => new(bench.Open());

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("claim: before commit", 1)]
    [InlineData("claim: committed", 2)]
    [InlineData("send: before the first byte", 2)]
    [InlineData("send: answered", 1)]
    [InlineData("record: before commit", 2)]
    [InlineData("record: committed", 1)]
    public async Task Worker_Killed_EachVersionIsTakenOnceAndInOrder(string point, int hit)
    {
        var successor = bench.Node();
        await bench.Life(successor);
        using (var worker = WorkerProcess.Start(bench.Database, bench.Settings(), point, hit))
        {
            await worker.KillAtPoint();
        }
        await bench.Database.EndLeases();
        await successor.Start();
        await bench.Archived(120);
        (await bench.Taken()).ShouldBe(Life);
        (await bench.Database.Scalar<long>("select count(*) from care.access_leaf where interaction = 'send'")).ShouldBe(Life.Length);
        Runs.Passed("F02", 1, $"worker of appointments killed at \"{point}\", {hit}");
    }
}
