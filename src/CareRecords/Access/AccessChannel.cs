using Npgsql;

namespace CareRecords.Access;

/// <summary>An entry with who acted, ready to be written.</summary>
internal sealed record AccessRecord(AccessEntry Entry, Guid? PracticeId, Guid RequestId, Guid? ActorUser, string ActorName, string ActorRole);

/// <summary>
/// Group commit for reads: requests that arrive while a flush is under way share the next one, and each waits until its own entry is durable.
/// When the entry cannot be written the waiting request gets the error, so that nothing is shown that was not logged.
/// </summary>
internal sealed class AccessChannel(NpgsqlDataSource dataSource)
{
    private const int BatchLimit = 256;
    private const int WaitingLimit = 20_000;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _writing;

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
                await using var connection = await dataSource.OpenConnectionAsync();
                await LeafRows.InsertAsync(connection, null, batch.ConvertAll(w => w.Record), default);
                batch.ForEach(w => w.Durable.SetResult());
            }
            catch (Exception e)
            {
                // Whatever went wrong belongs to the requests that wait: each fails with it, and the next batch is tried anew.
                var failure = new AccessLogUnavailableException("The access log could not be written.", e);
                batch.ForEach(w => w.Durable.SetException(failure));
            }
        }
    }

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
