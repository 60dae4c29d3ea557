using System.Runtime.CompilerServices;
using System.Text.Json;
using CareRecords.Database;
using CareRecords.Store;
using Fhir.Json;
using Npgsql;

namespace CareRecords.Search;

/// <summary>How far a re-index has come.</summary>
/// <param name="Done">Resources indexed anew by this run and those that it goes on from.</param>
/// <param name="Total">Resources when this run began; more may come while it works, written in today's form by themselves.</param>
/// <param name="Lost">Resources whose data key was destroyed: they keep no index rows.</param>
public sealed record ReindexProgress(long Done, long Total, long Lost, bool Finished);

/// <summary>
/// Makes all index rows anew beside traffic, in small transactions in the order of the internal keys. Where it has come stands in care.reindex, in the
/// transaction of the rows: one that was stopped goes on where it was. Resources written meanwhile have today's form by themselves.
/// </summary>
public sealed class Reindex
{
    private const int Batch = 100;

    /// <summary>One at a time on all nodes ("reindex" in ASCII).</summary>
    private const long OneAtATime = 0x7265696E646578;
    private readonly NpgsqlDataSource _dataSource;
    private readonly ResourceRows _rows;
    private readonly ResourceIndexer _indexer;

    internal Reindex(NpgsqlDataSource dataSource, ResourceRows rows, ResourceIndexer indexer) => (_dataSource, _rows, _indexer) = (dataSource, rows, indexer);

    /// <summary>Works until all is done; yields after each transaction. Stop it when you like.</summary>
    /// <param name="afresh">From the beginning, whatever an earlier run has done.</param>
    /// <exception cref="InvalidOperationException">Another one is under way.</exception>
    public async IAsyncEnumerable<ReindexProgress> RunAsync(bool afresh, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancel);
        if (!await SessionLock.TryTakeAsync(connection, OneAtATime, cancel))
        {
            throw new InvalidOperationException("Another re-index is under way.");
        }

        try
        {
            if (afresh || !await ScalarAsync<bool>(connection, "select exists (select from care.reindex where finished_at is null)", cancel))
            {
                await ExecuteAsync(
                    connection, "insert into care.reindex (total) select count(*) from care.resource where method <> 'DELETE'", cancel);
            }

            ReindexProgress progress;
            do
            {
                progress = await StepAsync(connection, cancel);
                yield return progress;
            }
            while (!progress.Finished);
        }
        finally
        {
            await SessionLock.ReleaseAsync(connection, OneAtATime);
        }
    }

    private async Task<ReindexProgress> StepAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            select {ResourceRows.Columns}, r.rid from care.resource r
            where r.rid > (select last_key from care.reindex order by id desc limit 1) and r.method <> 'DELETE' order by r.rid limit {Batch} for update
            """,
            connection, transaction);
        // The rows are locked: a writer of one of them waits for this short transaction, and then replaces what it has written.
        var resources = await _rows.ManyAsync(command, cancel);
        var keys = resources.Select(r => r.Key).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(IndexRows.Remove(keys));
        short? epoch = null;
        var lost = 0;
        foreach (var resource in resources)
        {
            if (resource.Json is { } json)
            {
                var read = FhirJson.Read(json);
                var index = _indexer.Index(read.Root ?? throw new JsonException($"The stored {resource.Type}/{resource.Id} cannot be read."));
                if (index.Epoch != epoch)
                {
                    epoch = index.Epoch;
                    batch.BatchCommands.Add(IdentityLocks.UseSearchKey(index.Epoch));
                }

                index.AddTo(batch.BatchCommands, resource.Key);
            }
            else
            {
                lost++;
            }
        }

        var noted = new NpgsqlBatchCommand(
            """
            update care.reindex set last_key = greatest(last_key, coalesce($1, last_key)), done = done + $2, lost = lost + $3,
              finished_at = case when $2 = 0 then now() end
            where id = (select max(id) from care.reindex) returning done, total, lost, finished_at is not null
            """)
        {
            Parameters =
            {
                new() { Value = keys.Length > 0 ? keys[^1] : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint },
                new() { Value = (long)keys.Length }, new() { Value = (long)lost },
            },
        };
        batch.BatchCommands.Add(noted);
        ReindexProgress progress;
        await using (var row = await batch.ExecuteReaderAsync(cancel))
        {
            // The only statement that returns a row.
            while (row.FieldCount == 0 && await row.NextResultAsync(cancel))
            {
            }

            await row.ReadAsync(cancel);
            progress = new ReindexProgress(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3));
        }

        await transaction.CommitAsync(cancel);
        return progress;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
