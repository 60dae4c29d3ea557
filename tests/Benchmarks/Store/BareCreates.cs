using System.Diagnostics;
using System.Text;
using Benchmarks.Http;
using Booking.Host.Database;
using CareRecords.Access;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Benchmarks.Store;

/// <summary>
/// The yardstick for creates: rows made beforehand (stamped, sealed, indexed), written by one prepared batch in one transaction each, with nothing else
/// around them.
/// </summary>
internal sealed class BareCreates : IAsyncDisposable
{
    private const int Made = 2000;
    private readonly OpenPractice _practice;
    private readonly List<(StoredResource Row, byte[] Body, IndexRows Index)> _rows = [];
    private readonly string _folder;
    private long _key = 1L << 40;

    private BareCreates(OpenPractice practice, string folder) => (_practice, _folder) = (practice, folder);

    internal static async Task<BareCreates> PrepareAsync(BenchStore store, string type, Func<int, string> json)
    {
        var bare = new BareCreates(await OpenPractice.OpenAsync(HostSettings.Load(store.Folder, BenchStore.Settings), migrate: false, CancellationToken.None), store.Folder);
        var services = bare._practice.Services;
        var indexer = new ResourceIndexer(new SearchTable(ServedTypes.Everything), services.GetRequiredService<SearchKeys>());
        var rows = services.GetRequiredService<ResourceRows>();
        for (var n = 0; n < Made; n++)
        {
            var bytes = Encoding.UTF8.GetBytes(json(n));
            var resource = FhirJson.Read(bytes).Root!;
            var id = Guid.CreateVersion7().ToString();
            var row = new StoredResource(type, id, 1, DateTimeOffset.UtcNow, "POST", ServedTypes.Everything.PatientOf(resource, id), null, null, null);
            var body = await rows.SealAsync(type, id, 1, row.PatientId, ResourceBytes.Stamp(bytes, type, id, 1, row.LastUpdated), CancellationToken.None);
            bare._rows.Add((row, body, indexer.Index(resource)));
        }

        return bare;
    }

    internal async Task<LoadResult> RunAsync(int clients, TimeSpan warmUp, TimeSpan measured)
    {
        var begun = Stopwatch.GetTimestamp();
        var from = MeasureAsync(warmUp);
        var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            await using var connection = await _practice.DataSource.OpenConnectionAsync();
            var latencies = new List<double>();
            while (Stopwatch.GetElapsedTime(begun) is var now && now < warmUp + measured)
            {
                var started = Stopwatch.GetTimestamp();
                await WriteAsync(connection);
                if (now >= warmUp)
                {
                    latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }

            return latencies;
        })));
        var sorted = all.SelectMany(l => l).Order().ToArray();
        var (before, after) = (await from, await MeasureAsync(TimeSpan.Zero));
        return new LoadResult(sorted.Length / measured.TotalSeconds, sorted)
        {
            Cost = ((after.Own - before.Own).TotalMicroseconds / sorted.Length, (after.Database - before.Database).TotalMicroseconds / sorted.Length),
        };
    }

    private async Task<(TimeSpan Own, TimeSpan Database)> MeasureAsync(TimeSpan after)
    {
        await Task.Delay(after);
        return (Environment.CpuUsage.TotalTime, BenchServer.DatabaseTime(_folder));
    }

    // Without BEGIN a batch is one transaction of its own, in one round trip.
    private async Task WriteAsync(NpgsqlConnection connection)
    {
        var key = Interlocked.Increment(ref _key);
        var (row, body, index) = _rows[(int)(key % Made)];
        row = row with { Id = Guid.CreateVersion7().ToString(), Key = key };
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(VersionSql.Insert(row, body));
        index.AddTo(batch.BatchCommands, key);
        batch.BatchCommands.Add(LeafRows.Command(
        [
            new AccessRecord(
                new AccessEntry { Interaction = "create", ResourceType = row.Type, ResourceId = row.Id, ResourceVersion = 1, PatientIds = row.PatientId is { } p ? [p] : [], Purpose = "treatment" },
                null, Guid.CreateVersion7(), null, "benchmark", "Client"),
        ]));
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _practice.DisposeAsync();
}
