using Npgsql;

namespace CareRecords.Database;

/// <summary>
/// The one connection and transaction of a use case, shared by every module. Opened at first use (READ COMMITTED; invariants live in
/// constraints), rolled back when disposed without <see cref="CommitAsync"/>. There is no retry inside: an unacknowledged COMMIT may have
/// happened, so a whole use case is retried under its idempotency key. Not thread-safe: commands and readers are not interleaved.
/// </summary>
public sealed class UnitOfWork(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    private readonly List<Func<CancellationToken, ValueTask>> _afterCommit = [];
    private readonly List<NpgsqlBatchCommand> _deferred = [];
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private bool _joined;
    private bool _lost;

    /// <summary>True once a connection was opened.</summary>
    public bool IsOpen => _transaction is not null;

    /// <summary>The open transaction; throws when <see cref="ConnectionAsync"/> has not been called.</summary>
    public NpgsqlTransaction Transaction => _transaction ?? throw new InvalidOperationException("The unit of work is not open.");

    /// <summary>Opens connection and transaction at the first call and returns the connection.</summary>
    public async ValueTask<NpgsqlConnection> ConnectionAsync(CancellationToken cancel = default)
    {
        if (_connection is not null)
        {
            if (_deferred.Count > 0)
            {
                await SendDeferredAsync(_connection, _transaction, cancel);
            }

            return _connection;
        }

        var connection = await dataSource.OpenConnectionAsync(cancel);
        try
        {
            _transaction = await connection.BeginTransactionAsync(cancel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        _connection = connection;
        return await ConnectionAsync(cancel);
    }

    /// <summary>
    /// Statements whose outcome nobody asks for: they go out before the next one that is sent, or in one round trip with the commit. A failure arrives there.
    /// </summary>
    public void Defer(IEnumerable<NpgsqlBatchCommand> commands) => _deferred.AddRange(commands);

    /// <summary>The same for one statement with positional parameters, none of them NULL without a type.</summary>
    public void Defer(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter });
        }

        _deferred.Add(command);
    }

    /// <summary>A command on the open connection with positional parameters ($1, $2, …); null becomes SQL NULL.</summary>
    public async ValueTask<NpgsqlCommand> CommandAsync(string sql, CancellationToken cancel, params object?[] parameters)
    {
        var command = new NpgsqlCommand(sql, await ConnectionAsync(cancel), _transaction);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    public async ValueTask<int> ExecuteAsync(string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = await CommandAsync(sql, cancel, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The first column of the first row, or default when there is no row or it is NULL.</summary>
    public async ValueTask<T?> ScalarAsync<T>(string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = await CommandAsync(sql, cancel, parameters);
        return await command.ExecuteScalarAsync(cancel) is T value ? value : default;
    }

    /// <summary>All rows, each read by <paramref name="read"/>.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = await CommandAsync(sql, cancel, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Something to do once the transaction is durable, such as waking a worker. It must not be needed for correctness.</summary>
    public void AfterCommit(Func<CancellationToken, ValueTask> action) => _afterCommit.Add(action);

    /// <summary>
    /// Until the scope ends, a use case's own commit waits for that of the use case around it. A rollback inside gives up everything, and the outer commit
    /// then fails.
    /// </summary>
    public IDisposable Join()
    {
        _joined = true;
        return new Joined(this);
    }

    /// <summary>Makes everything durable and lets go of the connection; a later use opens a new one.</summary>
    public async ValueTask CommitAsync(CancellationToken cancel = default)
    {
        if (_joined)
        {
            return;
        }

        if (_lost)
        {
            throw new InvalidOperationException("A part of the use case was rolled back, and with it everything.");
        }

        if (_connection is not null && _deferred.Count > 0)
        {
            _deferred.Add(new NpgsqlBatchCommand("commit"));
            await SendDeferredAsync(_connection, _transaction, cancel);
        }
        else if (_transaction is not null)
        {
            await _transaction.CommitAsync(cancel);
        }
        else if (_deferred.Count > 0)
        {
            // A batch without BEGIN is one transaction of its own.
            await using var connection = await dataSource.OpenConnectionAsync(cancel);
            await SendDeferredAsync(connection, null, cancel);
        }

        await CloseAsync();
        foreach (var action in _afterCommit)
        {
            await action(cancel);
        }

        _afterCommit.Clear();
    }

    /// <summary>Gives everything up and lets go of the connection; a later use opens a new one.</summary>
    public async ValueTask RollbackAsync()
    {
        _afterCommit.Clear();
        _lost = _joined;
        _deferred.Clear();
        await CloseAsync();
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task SendDeferredAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in _deferred)
        {
            batch.BatchCommands.Add(command);
        }

        _deferred.Clear();
        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async ValueTask CloseAsync()
    {
        _deferred.Clear();
        var (transaction, connection) = (_transaction, _connection);
        (_transaction, _connection) = (null, null);
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private sealed class Joined(UnitOfWork work) : IDisposable
    {
        public void Dispose() => work._joined = false;
    }
}
