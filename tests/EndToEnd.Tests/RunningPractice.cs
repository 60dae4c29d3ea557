using EndToEnd.Tests;
using Npgsql;
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

    /// <summary>
    /// Waits until the demonstration's past is there: its last step is done (Helmi's account is linked to her card), and every document has its answer,
    /// those apart that wait behind a refused one.
    /// </summary>
    public async Task LivedInAsync()
    {
        await using var database = NpgsqlDataSource.Create(_process.Superuser());
        for (var turn = 0; turn < 1200; turn++)
        {
            await using var command = database.CreateCommand(
                """
                select exists (select from care.portal_link) and not exists (
                  select from kanta.document q where q.state = 'queued' and not exists (
                    select from kanta.document r where r.state = 'refused' and (r.set_id = q.set_id or r.service_event_id = q.service_event_id)))
                """);
            if (await command.ExecuteScalarAsync() is true)
            {
                return;
            }

            await Task.Delay(250);
        }

        throw new InvalidOperationException("The demonstration's visits did not come about.");
    }

    public async ValueTask DisposeAsync() => await _process.EndAsync();
}
