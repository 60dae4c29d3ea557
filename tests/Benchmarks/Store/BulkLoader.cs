using System.Diagnostics;
using System.Text;
using Booking.Host.Database;
using CareRecords.Protection;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Benchmarks.Store;

/// <summary>
/// Fills an empty store by COPY, with rows from the real stamping, cipher and indexer; secondary indexes are taken away before and made again
/// afterwards from their own definitions.
/// </summary>
internal static class BulkLoader
{
    private static readonly string[] _tables = ["resource", .. IndexRows.Tables];

    internal static async Task LoadAsync(OpenPractice practice, int patients)
    {
        var begun = Stopwatch.GetTimestamp();
        // Making a key is a commit of its own; what a load that dies leaves behind is thrown away with its folder.
        await using var keys = NpgsqlDataSource.Create(Careless(practice.Access.Keys));
        var master = practice.Services.GetRequiredService<MasterKeys>();
        var rows = new ResourceRows(new FieldCipher(new KeyStore(new KeyDatabase(keys), master)));
        var indexer = new ResourceIndexer(new SearchTable(ServedTypes.Everything), new SearchKeys(master));
        await using var owner = NpgsqlDataSource.Create(Careless(practice.Access.Owner!));
        var definitions = await TakeIndexesAsync(owner);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(part => Task.Run(() => CopyAsync(owner, rows, indexer, patients, part, 2))));
        await ExecuteAsync(owner, $"select setval('care.resource_key', {((patients * SyntheticPractice.PerPatient / 1000) + 1) * 1000L})");
        await Console.Error.WriteLineAsync($"  copied in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
        foreach (var definition in definitions)
        {
            await ExecuteAsync(owner, definition);
        }

        await ExecuteAsync(owner, $"vacuum (analyze) {string.Join(", ", _tables.Select(t => "care." + t))}");
        await Console.Error.WriteLineAsync($"  indexed in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
    }

    private static string Careless(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Options = "-c synchronous_commit=off -c maintenance_work_mem=512MB", CommandTimeout = 0 }.ConnectionString;

    private static async Task<List<string>> TakeIndexesAsync(NpgsqlDataSource owner)
    {
        var found = new List<(string Name, string Definition)>();
        await using (var command = owner.CreateCommand(
            "select indexname, indexdef from pg_indexes where schemaname = 'care' and tablename = any($1) and indexdef not like 'CREATE UNIQUE%'"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = _tables });
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                found.Add((row.GetString(0), row.GetString(1)));
            }
        }

        foreach (var (name, _) in found)
        {
            await ExecuteAsync(owner, $"drop index care.{name}");
        }

        return found.ConvertAll(f => f.Definition);
    }

    private static async Task CopyAsync(NpgsqlDataSource owner, ResourceRows rows, ResourceIndexer indexer, int patients, int part, int parts)
    {
        await using var copy = await CopyWriters.BeginAsync(owner);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var n = part; n < patients; n += parts)
        {
            long key = n * SyntheticPractice.PerPatient;
            foreach (var (type, id, json) in SyntheticPractice.Of(n))
            {
                key++;
                var element = FhirJson.Read(Encoding.UTF8.GetBytes(json)).Root ?? throw new InvalidOperationException($"{type}/{id} is no FHIR JSON.");
                var updated = at.AddMilliseconds(key);
                var stamped = ResourceBytes.Stamp(Encoding.UTF8.GetBytes(json), type, id, 1, updated);
                var patient = SyntheticPractice.PatientId(n);
                var body = await rows.SealAsync(type, id, 1, patient, stamped, CancellationToken.None);
                await copy.ResourceAsync(key, type, id, updated, patient, body);
                await copy.IndexAsync(key, indexer.Index(element));
            }
        }

        await copy.CompleteAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource owner, string sql)
    {
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
