using System.Data;
using CareRecords.Database;
using Npgsql;

namespace CareRecords.Access;

/// <summary>An entry with who acted, ready to be written.</summary>
internal sealed record AccessRecord(AccessEntry Entry, Guid? PracticeId, Guid RequestId, Guid? ActorUser, string ActorName, string ActorRole);

/// <summary>
/// Group commit for reads: requests that arrive while a flush is under way share the next one, and each waits until its own entry is durable.
/// When the entry cannot be written the waiting request gets the error, so that nothing is shown that was not logged. It keeps one connection: were
/// each flush to take one from the pool, requests that hold all of them while they wait for the flush would wait for ever.
/// </summary>
internal sealed class AccessChannel : IAsyncDisposable
{
    private const int BatchLimit = 256;
    private const int WaitingLimit = 20_000;
    private readonly NpgsqlDataSource _dataSource;
    private readonly RoundTrips<AccessRecord, bool> _flushes;

    // Used by the one flush that runs.
    private NpgsqlConnection? _connection;

    public AccessChannel(NpgsqlDataSource dataSource) => (_dataSource, _flushes) = (dataSource, new(FlushAsync, atOnce: 1, BatchLimit));

    /// <summary>Returns when the entry is durable. Throws when it could not be written; a cancelled wait may still leave the entry.</summary>
    internal Task WriteAsync(AccessRecord record, CancellationToken cancel) => _flushes.Queued < WaitingLimit
        ? _flushes.AskAsync(record, cancel)
        : throw new AccessLogUnavailableException("Too many accesses wait to be logged.", null);

    private async Task<IReadOnlyList<bool>> FlushAsync(IReadOnlyList<AccessRecord> records)
    {
        try
        {
            await InsertAsync(records);
            return new bool[records.Count];
        }
        catch (Exception e)
        {
            await LetGoAsync();
            throw new AccessLogUnavailableException("The access log could not be written.", e);
        }
    }

    private async Task InsertAsync(IReadOnlyList<AccessRecord> records)
    {
        if (_connection is { } kept)
        {
            try
            {
                await LeafRows.InsertAsync(kept, null, records, default);
                return;
            }
            catch (NpgsqlException e) when (e is not PostgresException || kept.State != ConnectionState.Open)
            {
                // The server was restarted since the last flush. Should the first try have been committed, the entries stand twice, which is harmless.
                await LetGoAsync();
            }
        }

        _connection = await _dataSource.OpenConnectionAsync();
        await LeafRows.InsertAsync(_connection, null, records, default);
    }

    private async ValueTask LetGoAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => LetGoAsync();
}

/// <summary>The access log could not be written, so the access itself fails (HTTP 503).</summary>
public sealed class AccessLogUnavailableException(string message, Exception? inner) : Exception(message, inner);
