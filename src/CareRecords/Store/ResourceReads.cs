using CareRecords.Database;
using Npgsql;

namespace CareRecords.Store;

/// <summary>Reads current versions outside transactions; reads that come together are one round trip.</summary>
internal sealed class ResourceReads
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly ResourceRows _rows;
    private readonly RoundTrips<(string Type, string Id), SealedResource?> _reads;

    public ResourceReads(NpgsqlDataSource dataSource, ResourceRows rows) => (_dataSource, _rows, _reads) = (dataSource, rows, new(ReadAsync, atOnce: 2, most: 64));

    /// <summary>The current version, a deletion included; null when the id was never used.</summary>
    internal async Task<StoredResource?> CurrentAsync(string type, string id, CancellationToken cancel) =>
        await _reads.AskAsync((type, id), cancel) is { } row ? (await _rows.OpenAsync([row], cancel))[0] : null;

    private async Task<IReadOnlyList<SealedResource?>> ReadAsync(IReadOnlyList<(string Type, string Id)> asked)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand { Connection = connection };
        if (asked is [var (type, id)])
        {
            command.CommandText = $"select {ResourceRows.Columns}, r.rid from care.resource r where r.type = $1 and r.id = $2";
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        }
        else
        {
            command.CommandText = $"select {ResourceRows.Columns}, r.rid from unnest($1, $2) as a(type, id) join care.resource r on r.type = a.type and r.id = a.id";
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. asked.Select(a => a.Type)] });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. asked.Select(a => a.Id)] });
        }

        await command.PrepareAsync();
        await using var row = await command.ExecuteReaderAsync();
        var found = new Dictionary<(string, string), SealedResource?>();
        foreach (var one in await ResourceRows.SealedAsync(row, default))
        {
            found[(one.Resource.Type, one.Resource.Id)] = one;
        }

        return [.. asked.Select(a => found.GetValueOrDefault(a))];
    }
}
