using CareRecords.Database;
using CareRecords.Store;
using Npgsql;

namespace CareRecords.Search;

/// <summary>Runs searches that are short whatever is stored, outside transactions; those that come together are one round trip.</summary>
internal sealed class ShortSearches
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly RoundTrips<NpgsqlBatchCommand, Task<List<SealedResource>>> _asks;

    public ShortSearches(NpgsqlDataSource dataSource) => (_dataSource, _asks) = (dataSource, new(RunAsync, atOnce: 2, most: 32));

    /// <param name="statement">Selects <see cref="ResourceRows.Columns"/> and the key.</param>
    internal async Task<List<SealedResource>> FindAsync(NpgsqlBatchCommand statement, CancellationToken cancel) => await await _asks.AskAsync(statement, cancel);

    /// <summary>One round trip; a statement that PostgreSQL refuses fails by itself.</summary>
    internal async Task<IReadOnlyList<Task<List<SealedResource>>>> RunAsync(IReadOnlyList<NpgsqlBatchCommand> statements)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        try
        {
            return [.. (await TogetherAsync(connection, statements)).Select(Task.FromResult)];
        }
        catch (PostgresException) when (statements.Count > 1)
        {
            // One of them failed, and with it the others of its round trip: each by itself, so that only that one is told.
            var alone = new List<Task<List<SealedResource>>>();
            foreach (var statement in statements)
            {
                var one = AloneAsync(connection, statement);
                await Task.WhenAny(one);
                alone.Add(one);
            }

            return alone;
        }
    }

    private static async Task<List<SealedResource>> AloneAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement) => (await TogetherAsync(connection, [statement]))[0];

    private static async Task<List<List<SealedResource>>> TogetherAsync(NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement);
        }

        await using var row = await batch.ExecuteReaderAsync();
        var found = new List<List<SealedResource>>(statements.Count);
        do
        {
            found.Add(await ResourceRows.SealedAsync(row, default));
        }
        while (await row.NextResultAsync());
        return found;
    }
}
