using System.Security.Cryptography;
using CareRecords.Protection;
using Npgsql;

namespace Booking.SignIn;

/// <summary>Ten codes that stand in for a lost authenticator, each once. Only keyed hashes are kept.</summary>
internal sealed class RecoveryCodes(NpgsqlDataSource database, MasterKeys keys)
{
    // No letter or digit that could be taken for another.
    const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Makes new codes; the old ones stop working. Shown once, never again.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(Guid accountId, CancellationToken cancel)
    {
        List<string> codes = [.. Enumerable.Range(0, 10).Select(_ => RandomNumberGenerator.GetString(Alphabet, 5) + "-" + RandomNumberGenerator.GetString(Alphabet, 5))];
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var delete = new NpgsqlCommand("delete from identity.recovery_code where account_id = $1", connection, transaction);
        delete.With(accountId);
        await delete.ExecuteNonQueryAsync(cancel);
        await using var insert = new NpgsqlCommand("insert into identity.recovery_code select $1, unnest($2)", connection, transaction);
        insert.With(accountId, codes.Select(Hash).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return codes;
    }

    public async Task<bool> RedeemAsync(Guid accountId, string code, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from identity.recovery_code where account_id = $1 and code_hash = $2");
        command.With(accountId, Hash(code));
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public async Task<int> CountAsync(Guid accountId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select count(*)::int from identity.recovery_code where account_id = $1");
        command.With(accountId);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    byte[] Hash(string code) => keys.BlindIndex("recovery-code", new string([.. code.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]));
}
