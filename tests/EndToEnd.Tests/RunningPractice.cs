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
        // Everybody here comes from one address, and some look at every page.
        _process = new PracticeProcess(_data, "--Demo:Visits=true", "--Booking:ViewsPerMinute=100000", "--Booking:PostsPerMinute=10000");
        await _process.StartAsync();
    }

    /// <summary>Waits until the demonstration's past is there: documents have come to the archive, and for three seconds no more of them.</summary>
    public async Task LivedInAsync()
    {
        using var http = new HttpClient();
        var (length, quiet) = (0, 0);
        for (var turn = 0; turn < 300 && quiet < 6; turn++)
        {
            await Task.Delay(500);
            var ledger = await http.GetStringAsync(Simulator + "/api/ledger");
            quiet = ledger.Length == length && ledger.Contains("RCMR_IN", StringComparison.Ordinal) ? quiet + 1 : 0;
            length = ledger.Length;
        }

        if (quiet < 6)
        {
            throw new InvalidOperationException("The demonstration's visits did not come about.");
        }
    }

    public async ValueTask DisposeAsync() => await _process.EndAsync();
}
