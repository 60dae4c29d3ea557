using CareRecords.Database;
using Npgsql;

namespace CareRecords.Store;

/// <summary>Reads current versions outside transactions; reads that come together are one round trip.</summary>
internal sealed class ResourceReads
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly ResourceRows _rows;
    private readonly RoundTrips<(string Type, string Id), StoredResource?> _reads;

    public ResourceReads(NpgsqlDataSource dataSource, ResourceRows rows) => (_dataSource, _rows, _reads) = (dataSource, rows, new(ReadAsync, atOnce: 2, most: 64));

    /// <summary>The current version, a deletion included; null when the id was never used.</summary>
    internal Task<StoredResource?> CurrentAsync(string type, string id, CancellationToken cancel) => _reads.AskAsync((type, id), cancel);

    private async Task<IReadOnlyList<StoredResource?>> ReadAsync(IReadOnlyList<(string Type, string Id)> asked)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        if (asked is [var (type, id)])
        {
            return [await _rows.CurrentAsync(connection, null, type, id, forUpdate: false, default)];
        }

        await using var command = new NpgsqlCommand(
            $"select {ResourceRows.Columns}, r.rid from unnest($1, $2) as a(type, id) join care.resource r on r.type = a.type and r.id = a.id", connection)
        {
            Parameters = { new() { Value = asked.Select(a => a.Type).ToArray() }, new() { Value = asked.Select(a => a.Id).ToArray() } },
        };
        await command.PrepareAsync();
        var found = new Dictionary<(string, string), StoredResource>();
        foreach (var resource in await _rows.ManyAsync(command, default))
        {
            found[(resource.Type, resource.Id)] = resource;
        }

        return [.. asked.Select(a => found.GetValueOrDefault(a))];
    }
}
