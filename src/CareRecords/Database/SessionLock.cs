using System.Data;
using Npgsql;

namespace CareRecords.Database;

/// <summary>
/// An advisory lock that outlives transactions. Pooled connections keep what their session holds, so it must be given up by name; a connection that
/// broke has lost it by itself.
/// </summary>
internal static class SessionLock
{
    /// <summary>False where somebody else has it.</summary>
    internal static async Task<bool> TryTakeAsync(NpgsqlConnection connection, long key, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = key } } };
        try
        {
            return await command.ExecuteScalarAsync(cancel) is true;
        }
        catch (OperationCanceledException)
        {
            // The cancellation may have come after the lock.
            await ReleaseAsync(connection, key);
            throw;
        }
    }

    /// <summary>Gives it up; where it is not held, PostgreSQL only warns.</summary>
    internal static async Task ReleaseAsync(NpgsqlConnection connection, long key)
    {
        if (connection.State == ConnectionState.Open)
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = key } } };
            await command.ExecuteScalarAsync(CancellationToken.None);
        }
    }
}
