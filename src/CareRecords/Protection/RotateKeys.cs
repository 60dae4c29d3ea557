using System.Runtime.CompilerServices;
using CareRecords.Search;
using Npgsql;

namespace CareRecords.Protection;

/// <summary>How far a rotation has come.</summary>
/// <param name="Step">begun, wrapping, indexing or done.</param>
/// <param name="Done">Data keys wrapped, or resources indexed, by now.</param>
/// <param name="Total">Of how many; 0: unknown.</param>
public sealed record RotationProgress(string Step, long Done, long Total);

/// <summary>
/// New keys for what wraps the data keys and for the hashes of the search index, beside traffic. New ones are written with at once; the old ones are looked under too,
/// and leave the file when the database says that nothing rests on them. Each step may be stopped and done again: where it has come is read from the file and the
/// databases.
/// </summary>
public sealed class RotateKeys
{
    private readonly MasterKeys _master;
    private readonly KeyStore _keys;
    private readonly Reindex _reindex;
    private readonly NpgsqlDataSource _dataSource;

    /// <summary>On these keys and databases.</summary>
    public RotateKeys(MasterKeys master, KeyStore keys, Reindex reindex, NpgsqlDataSource dataSource) =>
        (_master, _keys, _reindex, _dataSource) = (master, keys, reindex, dataSource);

    /// <summary>How long running programs are given to take up the file before the old keys go out of use.</summary>
    internal TimeSpan TakeUp { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Begins a rotation, or goes on with one that was stopped, and works until it is done.</summary>
    /// <exception cref="InvalidOperationException">The keys are in no file, or a re-index is under way.</exception>
    public async IAsyncEnumerable<RotationProgress> RunAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var path = _master.Path ?? throw new InvalidOperationException("The keys are in no file.");
        var file = KeyFile.Read(path);
        if (!file.IsRotating)
        {
            // What is found under an unknown key is looked up in the file again, so the file comes first.
            file.Next().Replace(path);
        }

        file = _master.Reload();
        yield return new RotationProgress("begun", 0, 0);

        // Programs that run take the file up within a moment; one that does not is refused from here on, and says so.
        await Task.Delay(TakeUp, cancel);
        foreach (var old in file.Keys.Keys.Where(k => k != file.Current))
        {
            await _keys.CloseAsync(old, cancel);
        }

        long wrapped = 0;
        while (await _keys.WrapAnewAsync(cancel) is > 0 and var some)
        {
            yield return new RotationProgress("wrapping", wrapped += some, 0);
        }

        DateTime? closed = null;
        while (closed is null)
        {
            closed = await CloseAsync(file, cancel);
        }

        while (!await IsIndexedSinceAsync(closed.Value, cancel))
        {
            await foreach (var step in _reindex.RunAsync(afresh: !await IsIndexingSinceAsync(closed.Value, cancel), cancel))
            {
                yield return new RotationProgress("indexing", step.Done, step.Total);
            }
        }

        await ExecuteAsync("update care.search_key set retired_at = clock_timestamp() where epoch < $1 and retired_at is null", cancel, file.SearchEpoch);
        file.WithoutOld().Replace(path);
        _master.Reload();
        yield return new RotationProgress("done", 0, 0);
    }

    /// <summary>Nothing is written under older epochs from now on; returns since when. Null: it waited for writers that waited for it, and is to be tried again.</summary>
    private async Task<DateTime?> CloseAsync(KeyFile file, CancellationToken cancel)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into care.search_key (epoch) values ($1) on conflict do nothing") { Parameters = { new() { Value = file.SearchEpoch } } });
        foreach (var old in file.SearchEpochs.Skip(1))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock(7365, $1)") { Parameters = { new() { Value = (int)old } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("update care.search_key set closed_at = clock_timestamp() where epoch = $1 and closed_at is null") { Parameters = { new() { Value = old } } });
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return null;
        }

        await transaction.CommitAsync(cancel);
        return await ScalarAsync<DateTime>("select max(closed_at) from care.search_key where epoch < $1", cancel, file.SearchEpoch);
    }

    private Task<bool> IsIndexedSinceAsync(DateTime closed, CancellationToken cancel) =>
        ScalarAsync<bool>("select exists (select from care.reindex where started_at > $1 and finished_at is not null)", cancel, closed);

    // The run that a re-index goes on with is the last one.
    private Task<bool> IsIndexingSinceAsync(DateTime closed, CancellationToken cancel) =>
        ScalarAsync<bool>("select coalesce((select started_at > $1 and finished_at is null from care.reindex order by id desc limit 1), false)", cancel, closed);

    private async Task<T> ScalarAsync<T>(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = _dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
