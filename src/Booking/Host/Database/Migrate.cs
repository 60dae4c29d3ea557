using Booking.Host.Postgres;
using CareRecords.Database;
using CareRecords.Protection;
using Npgsql;

namespace Booking.Host.Database;

/// <summary>
/// Brings both databases up to date as their owner, then gives the application's role its rights. host.prepared names the build that did so
/// last: a start with the same build has nothing to do. The note is part of every dump, so a restored older schema is brought up to date.
/// </summary>
internal static class Migrate
{
    // Two programs that start at once take turns.
    private const long Lock = 7_201_511_040_312;

    public static async Task HandleAsync(IEnumerable<ModuleMigrations> modules, DatabaseAccess access, CancellationToken cancel)
    {
        var all = modules.ToList();
        var (owner, ownerKeys) = access is { Owner: { } o, OwnerKeys: { } k }
            ? (o, k)
            : throw new StartupException("Migrating needs the owner's rights: set ConnectionStrings:Owner (and :OwnerKeys where the key database is elsewhere).");
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        var build = string.Join(' ', all.Select(m => m.Build).Append(typeof(Migrate).Module.ModuleVersionId).Distinct().Order());
        if (await PreparedByAsync(connection, cancel) == build)
        {
            return;
        }

        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancel);
        await ModuleMigrations.ApplyAsync(all, owner, cancel);
        await Provisioning.GrantAsync(connection, cancel);

        await using var keys = new NpgsqlConnection(ownerKeys);
        await keys.OpenAsync(cancel);
        await ExecuteAsync(keys, KeyDatabase.Schema, cancel);
        await Provisioning.GrantAsync(keys, cancel);
        await ExecuteAsync(
            connection,
            $"""
            create table if not exists host.prepared (only_one boolean primary key default true check (only_one), build text not null);
            insert into host.prepared (build) values ('{build}') on conflict (only_one) do update set build = excluded.build
            """,
            cancel);
        await ExecuteAsync(connection, $"select pg_advisory_unlock({Lock})", cancel);
    }

    private static async Task<string?> PreparedByAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand("select to_regclass('host.prepared') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancel) is not true)
        {
            return null;
        }

        await using var command = new NpgsqlCommand("select build from host.prepared", connection);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
