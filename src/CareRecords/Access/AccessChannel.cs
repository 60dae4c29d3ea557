using System.Data;
using Npgsql;

namespace CareRecords.Access;

/// <summary>An entry with who acted, ready to be written.</summary>
internal sealed record AccessRecord(AccessEntry Entry, Guid? PracticeId, Guid RequestId, Guid? ActorUser, string ActorName, string ActorRole);

/// <summary>
/// Group commit for reads: requests that arrive while a flush is under way share the next one, and each waits until its own entry is durable.
/// When the entry cannot be written the waiting request gets the error, so that nothing is shown that was not logged. It keeps one connection: were
/// each flush to take one from the pool, requests that hold all of them while they wait for the flush would wait for ever.
/// </summary>
internal sealed class AccessChannel(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    private const int BatchLimit = 256;
    private const int WaitingLimit = 20_000;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _writing;

    // Used by the one flush that runs.
    private NpgsqlConnection? _connection;

    private sealed class Waiting(AccessRecord record)
    {
        internal AccessRecord Record { get; } = record;

        internal TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Returns when the entry is durable. Throws when it could not be written; a cancelled wait may still leave the entry.</summary>
    internal Task WriteAsync(AccessRecord record, CancellationToken cancel)
    {
        var mine = new Waiting(record);
        bool start;
        lock (_gate)
        {
            if (_waiting.Count >= WaitingLimit)
            {
                throw new AccessLogUnavailableException("Too many accesses wait to be logged.", null);
            }

            _waiting.Enqueue(mine);
            start = !_writing;
            _writing = true;
        }

        if (start)
        {
            _ = FlushAllAsync();
        }

        return mine.Durable.Task.WaitAsync(cancel);
    }

    private async Task FlushAllAsync()
    {
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                await InsertAsync(batch.ConvertAll(w => w.Record));
                batch.ForEach(w => w.Durable.SetResult());
            }
            catch (Exception e)
            {
                await LetGoAsync();
                // Whatever went wrong belongs to the requests that wait: each fails with it, and the next batch is tried anew.
                var failure = new AccessLogUnavailableException("The access log could not be written.", e);
                batch.ForEach(w => w.Durable.SetException(failure));
            }
        }
    }

    private async Task InsertAsync(List<AccessRecord> records)
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

        _connection = await dataSource.OpenConnectionAsync();
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

    private List<Waiting> Next()
    {
        lock (_gate)
        {
            var batch = new List<Waiting>(Math.Min(_waiting.Count, BatchLimit));
            while (batch.Count < BatchLimit && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            _writing = batch.Count > 0;
            return batch;
        }
    }
}

/// <summary>The access log could not be written, so the access itself fails (HTTP 503).</summary>
public sealed class AccessLogUnavailableException(string message, Exception? inner) : Exception(message, inner);
