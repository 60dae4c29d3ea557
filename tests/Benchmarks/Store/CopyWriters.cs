using CareRecords.Search;
using Npgsql;
using NpgsqlTypes;

namespace Benchmarks.Store;

/// <summary>COPY into care.resource and the index tables, each on a connection of its own.</summary>
internal sealed class CopyWriters : IAsyncDisposable
{
    private readonly List<NpgsqlConnection> _connections = [];
    private readonly Dictionary<string, NpgsqlBinaryImporter> _writers = [];

    internal static async Task<CopyWriters> BeginAsync(NpgsqlDataSource dataSource)
    {
        var all = new CopyWriters();
        foreach (var (table, columns) in new[]
        {
            ("resource", "rid, type, id, version, last_updated, method, patient_id, body"),
            ("index_token", "param, code, system, rid"), ("index_text", "param, value, exact, rid"), ("index_date", "param, low, high, rid"),
            ("index_number", "param, low, high, unit, code, rid"), ("index_reference", "param, target, target_type, rid"), ("index_uri", "param, value, rid"),
        })
        {
            var connection = await dataSource.OpenConnectionAsync();
            all._connections.Add(connection);
            all._writers[table] = await connection.BeginBinaryImportAsync($"copy care.{table} ({columns}) from stdin (format binary)");
        }

        return all;
    }

    internal async Task ResourceAsync(long key, string type, string id, DateTimeOffset updated, string patient, byte[] body)
    {
        var to = await RowAsync("resource");
        await to.WriteAsync(key);
        await to.WriteAsync(type);
        await to.WriteAsync(id);
        await to.WriteAsync(1);
        await to.WriteAsync(updated, NpgsqlDbType.TimestampTz);
        await to.WriteAsync("POST");
        await to.WriteAsync(patient);
        await to.WriteAsync(body);
    }

    internal async Task IndexAsync(long key, IndexRows rows)
    {
        foreach (var (param, code, system) in rows.Tokens)
        {
            var to = await RowAsync("index_token");
            await to.WriteAsync(param);
            await to.WriteAsync(code);
            await to.WriteAsync(system);
            await to.WriteAsync(key);
        }

        foreach (var (param, value, exact) in rows.Texts)
        {
            var to = await RowAsync("index_text");
            await to.WriteAsync(param);
            await to.WriteAsync(value);
            await to.WriteAsync(exact);
            await to.WriteAsync(key);
        }

        foreach (var (param, low, high) in rows.Dates)
        {
            var to = await RowAsync("index_date");
            await to.WriteAsync(param);
            await to.WriteAsync(low, NpgsqlDbType.TimestampTz);
            await to.WriteAsync(high, NpgsqlDbType.TimestampTz);
            await to.WriteAsync(key);
        }

        foreach (var (param, low, high, unit, code) in rows.Numbers)
        {
            var to = await RowAsync("index_number");
            await to.WriteAsync(param);
            await to.WriteAsync(low);
            await to.WriteAsync(high);
            await NullableAsync(to, unit);
            await NullableAsync(to, code);
            await to.WriteAsync(key);
        }

        foreach (var (param, target, type) in rows.References)
        {
            var to = await RowAsync("index_reference");
            await to.WriteAsync(param);
            await to.WriteAsync(target);
            await to.WriteAsync(type);
            await to.WriteAsync(key);
        }

        foreach (var (param, value) in rows.Uris)
        {
            var to = await RowAsync("index_uri");
            await to.WriteAsync(param);
            await to.WriteAsync(value);
            await to.WriteAsync(key);
        }
    }

    internal async Task CompleteAsync()
    {
        foreach (var writer in _writers.Values)
        {
            await writer.CompleteAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
        {
            await writer.DisposeAsync();
        }

        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async ValueTask<NpgsqlBinaryImporter> RowAsync(string table)
    {
        var writer = _writers[table];
        await writer.StartRowAsync();
        return writer;
    }

    private static Task NullableAsync(NpgsqlBinaryImporter to, Guid? value) => value is { } set ? to.WriteAsync(set) : to.WriteNullAsync();
}
