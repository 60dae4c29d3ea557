using Booking.Host.Postgres;
using CareRecords.Database;
using CareRecords.Protection;
using Npgsql;

namespace Booking.Host.Database;

/// <summary>Brings both databases up to date as their owner, then gives the application's role its rights.</summary>
internal static class Migrate
{
    // Two programs that start at once take turns.
    private const long Lock = 7_201_511_040_312;

    public static async Task HandleAsync(IEnumerable<ModuleMigrations> modules, DatabaseAccess access, CancellationToken cancel)
    {
        var (owner, ownerKeys) = access is { Owner: { } o, OwnerKeys: { } k }
            ? (o, k)
            : throw new StartupException("Migrating needs the owner's rights: set ConnectionStrings:Owner (and :OwnerKeys where the key database is elsewhere).");
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancel);
        await ModuleMigrations.ApplyAsync(modules, owner, cancel);
        await Provisioning.GrantAsync(connection, cancel);

        await using var keys = new NpgsqlConnection(ownerKeys);
        await keys.OpenAsync(cancel);
        await ExecuteAsync(keys, KeyDatabase.Schema, cancel);
        await Provisioning.GrantAsync(keys, cancel);
        await ExecuteAsync(connection, $"select pg_advisory_unlock({Lock})", cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
