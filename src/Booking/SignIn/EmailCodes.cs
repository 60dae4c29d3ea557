using System.Security.Cryptography;
using CareRecords.Protection;
using Npgsql;

namespace Booking.SignIn;

/// <summary>Six-digit codes sent to an address. Only the newest works, once, for ten minutes and five tries; at most six an hour are made.</summary>
internal sealed class EmailCodes(NpgsqlDataSource database, MasterKeys keys, KeyedNormalizer normalizer, TimeProvider clock)
{
    public const string Register = "register", SignIn = "sign-in", Reset = "reset", ChangeAddress = "change-address";

    /// <summary>A new code, or null when this address has had too many.</summary>
    public async Task<string?> IssueAsync(string purpose, string email, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
        var id = Guid.NewGuid();
        await using var command = database.CreateCommand("""
            insert into identity.email_code (id, purpose, email_key, code_hash, created_at, expires_at)
            select $1, $2, $3, $4, $5, $6
            where (select count(*) from identity.email_code where email_key = $3 and purpose = $2 and created_at > $7) < 6
            """);
        command.With(id, purpose, normalizer.EmailKey(email), Hash(id, code),
            now, now.AddMinutes(10), now.AddHours(-1));
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? code : null;
    }

    /// <summary>Uses the code up. False: wrong, old, used, or tried too often.</summary>
    public async Task<bool> RedeemAsync(string purpose, string email, string code, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var attempt = database.CreateCommand("""
            update identity.email_code set attempts = attempts + 1
            where id = (select id from identity.email_code where email_key = $1 and purpose = $2 order by created_at desc limit 1)
              and used_at is null and expires_at > $3 and attempts < 5
            returning id, code_hash
            """);
        attempt.With(normalizer.EmailKey(email), purpose, now);
        Guid id;
        await using (var row = await attempt.ExecuteReaderAsync(cancel))
        {
            if (!await row.ReadAsync(cancel))
            {
                return false;
            }
            id = row.GetGuid(0);
            var typed = new string([.. code.Where(char.IsAsciiDigit)]);
            if (!CryptographicOperations.FixedTimeEquals(row.GetFieldValue<byte[]>(1), Hash(id, typed)))
            {
                return false;
            }
        }
        await using var use = database.CreateCommand("update identity.email_code set used_at = $2 where id = $1 and used_at is null");
        use.With(id, now);
        return await use.ExecuteNonQueryAsync(cancel) == 1;
    }

    byte[] Hash(Guid id, string code) => keys.BlindIndex("email-code", $"{id}|{code}");
}
