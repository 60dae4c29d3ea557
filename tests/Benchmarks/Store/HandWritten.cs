using System.Diagnostics;
using Benchmarks.Http;
using Booking.Host.Database;
using CareRecords.Access;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Benchmarks.Store;

/// <summary>The yardstick for searches: the SQL by hand, prepared, all columns read; then the log entry, durable, as the law asks before anything is shown.</summary>
internal sealed class HandWritten : IAsyncDisposable
{
    private readonly OpenPractice _practice;
    private readonly NpgsqlConnection _connection;

    private HandWritten(OpenPractice practice, NpgsqlConnection connection) => (_practice, _connection) = (practice, connection);

    internal static async Task<HandWritten> OpenAsync(BenchStore store)
    {
        var practice = await OpenPractice.OpenAsync(HostSettings.Load(store.Folder, BenchStore.Settings), migrate: false, CancellationToken.None);
        return new HandWritten(practice, await practice.DataSource.OpenConnectionAsync());
    }

    /// <summary>Latencies of the SQL alone, and with the log entry.</summary>
    internal async Task<(LoadResult Sql, LoadResult Logged)> RunAsync(Question question, Func<int, int> customer, TimeSpan measured)
    {
        var hash = _practice.Services.GetRequiredService<SearchKeys>().Current;
        var (alone, logged) = (new List<double>(), new List<double>());
        var begun = Stopwatch.GetTimestamp();
        for (var n = 0; Stopwatch.GetElapsedTime(begun) < measured; n++)
        {
            var started = Stopwatch.GetTimestamp();
            await AskAsync(question.Sql, question.Values(hash, customer(n)));
            alone.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await LeafRows.InsertAsync(
                _connection, null,
                [
                    new AccessRecord(
                        new AccessEntry { Interaction = "search", ResourceType = "Observation", PatientIds = [SyntheticPractice.PatientId(customer(n))], Purpose = "treatment" },
                        null, Guid.CreateVersion7(), null, "benchmark", "Client"),
                ],
                CancellationToken.None);
            logged.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return (Result(alone), Result(logged));
    }

    private static LoadResult Result(List<double> latencies)
    {
        // The first runs plan.
        var sorted = latencies.Skip(latencies.Count / 5).Order().ToArray();
        return new LoadResult(1000 / sorted.Average(), sorted);
    }

    private async Task AskAsync(string sql, object[] values)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.PrepareAsync();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            _ = row.GetFieldValue<byte[]>(8).Length;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _practice.DisposeAsync();
    }
}
