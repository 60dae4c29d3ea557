using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Database;
using Npgsql;

namespace CareRecords.Protection;

/// <summary>Where the wrapped data keys live: a database of its own with short-lived backups, so that destroying a key is final.</summary>
public sealed class KeyDatabase(NpgsqlDataSource dataSource)
{
    public NpgsqlDataSource DataSource { get; } = dataSource;

    /// <summary>The tables; applied by the migration step, safe to run again.</summary>
    public const string Schema = """
        create table if not exists data_key (
          id uuid primary key,
          scope text not null,
          wrapped bytea,
          master_key text not null,
          created_at timestamptz not null default now(),
          destroyed_at timestamptz,
          check ((wrapped is null) = (destroyed_at is not null)));
        create unique index if not exists data_key_active on data_key (scope) where destroyed_at is null;
        -- master keys under which nothing is wrapped any more: each writer asks, holding a shared lock that closing waits for
        create table if not exists closed_master_key (id text primary key, at timestamptz not null default now());
        create or replace function use_master_key() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(7366, hashtext(new.master_key));
          if exists (select from closed_master_key c where c.id = new.master_key) then
            raise exception 'Master key % is out of use.', new.master_key using errcode = 'CR002',
              hint = 'Give this node the key file as care keys rotate left it.';
          end if;
          return new;
        end $$;
        create or replace trigger use_master_key before insert or update of master_key on data_key for each row execute function use_master_key();
        create table if not exists erasure_journal (
          id bigint generated always as identity primary key,
          scope text not null,
          at timestamptz not null default now());
        """;
}

/// <summary>
/// Data keys (AES-256) by scope and by id. A key is committed in the key database before the first ciphertext under it exists; an unused key is
/// harmless, a ciphertext without its key would be lost. Unwrapped keys are kept in memory, at most <see cref="CacheLimit"/> of them.
/// </summary>
public sealed class KeyStore
{
    private const int CacheLimit = 200_000;
    private const string MasterKeyClosed = "CR002";
    private readonly KeyDatabase _database;
    private readonly MasterKeys _master;
    private readonly ConcurrentDictionary<string, DataKey> _active = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, DataKey> _byId = new();
    private int _held;

    // Each new patient needs a key that is durable first: those of many requests share a commit.
    private readonly RoundTrips<string, DataKey> _makes;
    private readonly RoundTrips<Guid, DataKey?> _reads;

    /// <summary>On these databases, under these master keys.</summary>
    public KeyStore(KeyDatabase database, MasterKeys master)
    {
        (_database, _master) = (database, master);
        _makes = new(CreateOrReadAsync, atOnce: 2, most: 256);
        _reads = new(ReadAsync, atOnce: 2, most: 1000);
    }

    internal sealed record DataKey(Guid Id, byte[] Bytes);

    internal ValueTask<DataKey> ForScopeAsync(KeyScope scope, CancellationToken cancel) =>
        _active.TryGetValue(scope.Name, out var key) ? new(key) : new(_makes.AskAsync(scope.Name, cancel));

    /// <summary>Whether the key is in memory.</summary>
    internal bool Holds(Guid id) => _byId.ContainsKey(id);

    /// <summary>Null when the key was destroyed: the data is gone for good.</summary>
    internal ValueTask<DataKey?> ByIdAsync(Guid id, CancellationToken cancel) =>
        _byId.TryGetValue(id, out var key) ? new(key) : new(_reads.AskAsync(id, cancel));

    /// <summary>Destroys the scope's keys and notes it in the erasure journal, which a restore replays.</summary>
    public async Task DestroyAsync(KeyScope scope, CancellationToken cancel)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            """
            with gone as (update data_key set wrapped = null, destroyed_at = now() where scope = $1 and destroyed_at is null returning id),
              noted as (insert into erasure_journal (scope) values ($1))
            select id from gone
            """, connection, transaction)
        { Parameters = { new() { Value = scope.Name } } };
        var gone = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                gone.Add(reader.GetGuid(0));
            }
        }

        await transaction.CommitAsync(cancel);
        _active.TryRemove(scope.Name, out _);
        gone.ForEach(id => _byId.TryRemove(id, out _));
    }

    /// <summary>Wraps a batch of the data keys that are wrapped by another than the current master key anew; returns how many those were.</summary>
    internal async Task<int> WrapAnewAsync(CancellationToken cancel)
    {
        var master = _master.Reload().Current;
        await using var connection = await _database.DataSource.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (ids, wrapped) = (new List<Guid>(), new List<byte[]>());
        await using (var command = new NpgsqlCommand(
            """
            select id, scope, wrapped, master_key from data_key where master_key <> $1 and destroyed_at is null order by id limit 500 for update
            """, connection, transaction)
        { Parameters = { new() { Value = master } } })
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                var (id, scope) = (row.GetGuid(0), row.GetString(1));
                ids.Add(id);
                wrapped.Add(Wrap(master, Unwrap(row.GetFieldValue<byte[]>(2), row.GetString(3), id, scope), id, scope));
            }
        }

        await using var write = new NpgsqlCommand(
            "update data_key k set wrapped = n.wrapped, master_key = $3 from unnest($1, $2) as n(id, wrapped) where k.id = n.id", connection, transaction)
        { Parameters = { new() { Value = ids.ToArray() }, new() { Value = wrapped.ToArray() }, new() { Value = master } } };
        await write.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return ids.Count;
    }

    /// <summary>Waits for those who are wrapping by this master key; afterwards nobody does.</summary>
    internal async Task CloseAsync(string master, CancellationToken cancel)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(7366, hashtext($1))", connection, transaction) { Parameters = { new() { Value = master } } };
        await command.ExecuteNonQueryAsync(cancel);
        await using var close = new NpgsqlCommand("insert into closed_master_key (id) values ($1) on conflict do nothing", connection, transaction) { Parameters = { new() { Value = master } } };
        await close.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<IReadOnlyList<DataKey>> CreateOrReadAsync(IReadOnlyList<string> scopes)
    {
        // In one order everywhere: two nodes that make keys for the same patients wait for each other, never in a circle.
        var asked = scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var ids = Array.ConvertAll(asked, _ => Guid.CreateVersion7());
        var master = _master.Current;
        var wrapped = asked.Select((scope, i) => Wrap(master, RandomNumberGenerator.GetBytes(32), ids[i], scope)).ToArray();
        await using var command = _database.DataSource.CreateCommand(
            """
            with made as (
              insert into data_key (id, scope, wrapped, master_key)
              select id, scope, wrapped, $4 from unnest($1, $2, $3) with ordinality as a(id, scope, wrapped, n) order by n
              on conflict (scope) where destroyed_at is null do nothing
              returning id, scope, wrapped, master_key)
            select id, scope, wrapped, master_key from made
            union all select id, scope, wrapped, master_key from data_key where scope = any($2) and destroyed_at is null
            """);
        foreach (var value in new object[] { ids, asked, wrapped, master })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        // A concurrent first use may commit between our insert and our read: the second turn sees it.
        for (var turn = 0; turn < 3; turn++)
        {
            Dictionary<string, DataKey> keys;
            try
            {
                keys = await ReadAsync(command);
            }
            catch (PostgresException e) when (e.SqlState == MasterKeyClosed && turn == 0)
            {
                // The key file was changed since it was last looked at.
                master = _master.Reload().Current;
                command.Parameters[2].Value = asked.Select((scope, i) => Wrap(master, RandomNumberGenerator.GetBytes(32), ids[i], scope)).ToArray();
                command.Parameters[3].Value = master;
                continue;
            }

            if (keys.Count == asked.Length)
            {
                foreach (var (scope, key) in keys)
                {
                    _active[scope] = key;
                }

                return [.. scopes.Select(s => keys[s])];
            }
        }

        throw new InvalidOperationException("No data key could be made or read.");
    }

    private async Task<IReadOnlyList<DataKey?>> ReadAsync(IReadOnlyList<Guid> ids)
    {
        await using var command = _database.DataSource.CreateCommand(
            "select id, scope, wrapped, master_key from data_key where id = any($1) and destroyed_at is null");
        command.Parameters.Add(new NpgsqlParameter { Value = ids.Distinct().ToArray() });
        var keys = (await ReadAsync(command)).Values.ToDictionary(k => k.Id);
        return [.. ids.Select(keys.GetValueOrDefault)];
    }

    private async Task<Dictionary<string, DataKey>> ReadAsync(NpgsqlCommand command)
    {
        var keys = new Dictionary<string, DataKey>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var id = row.GetGuid(0);
            var key = new DataKey(id, Unwrap(row.GetFieldValue<byte[]>(2), row.GetString(3), id, row.GetString(1)));
            // Counted here, since the dictionary would take all its locks for it at each key that is read.
            if (Interlocked.Increment(ref _held) > CacheLimit)
            {
                _byId.Clear();
                _active.Clear();
                _held = 1;
            }

            keys[row.GetString(1)] = _byId[id] = key;
        }

        return keys;
    }

    private byte[] Wrap(string master, byte[] key, Guid id, string scope) => Aead.Seal(_master.Key(master), key, Associated(id, scope));

    private byte[] Unwrap(byte[] wrapped, string masterKey, Guid id, string scope) => Aead.Open(_master.Key(masterKey), wrapped, Associated(id, scope));

    private static byte[] Associated(Guid id, string scope) => Encoding.UTF8.GetBytes($"data_key|{id:N}|{scope}");
}
