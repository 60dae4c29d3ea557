using EndToEnd.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningPractice))]

namespace EndToEnd.Tests;

/// <summary>
/// The real application with its real PostgreSQL and the real simulator as processes, on a throw-away data folder and free ports, with the
/// demonstration practice.
/// </summary>
public sealed class RunningPractice : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("cr-e2e-").FullName;
    private PracticeProcess _process = null!;

    public string Address => _process.Address.ToString().TrimEnd('/');

    public string Simulator => _process.Simulator;

    public async ValueTask InitializeAsync()
    {
        _process = new PracticeProcess(_data);
        await _process.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _process.EndAsync();
}
