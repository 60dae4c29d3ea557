using KantaConnector.Tests.Fixtures;

namespace KantaConnector.Tests.Faults;

/// <summary>One simulator for all scenarios of a class: each asks about documents of its own, and sets its own faults.</summary>
public sealed class SharedSimulator : IAsyncLifetime
{
    internal SimulatorProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await SimulatorProcess.Start();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
