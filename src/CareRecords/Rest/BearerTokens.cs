using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Database;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>Opaque bearer tokens: 256 random bits behind a prefix that secret scanners can know; the database holds their SHA-256 only.</summary>
internal static class BearerTokens
{
    internal const string Prefix = "care_";

    internal sealed record Token(
        Guid Id, string Name, Guid? UserId, UserRole Role, IReadOnlyList<string> Scopes, string? PatientId, Guid? ControllerId)
    {
        internal bool IsSame(Token? other) => ReferenceEquals(this, other) || (other is not null && this == other with { Scopes = Scopes } && Scopes.SequenceEqual(other.Scopes));
    }

    internal static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>
/// Looks tokens up. The database is asked for each request, so that a revocation holds at once on every node; requests that arrive together ask in one
/// round trip.
/// </summary>
internal sealed class TokenLookup
{
    private const int Remembered = 10_000;
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _clock;

    // Both by the token's hash in hexadecimal.
    private readonly RoundTrips<string, BearerTokens.Token?> _asks;
    private readonly ConcurrentDictionary<string, BearerTokens.Token> _last = new(StringComparer.Ordinal);

    public TokenLookup(NpgsqlDataSource dataSource, TimeProvider clock) => (_dataSource, _clock, _asks) = (dataSource, clock, new(FindAsync, atOnce: 2, most: 128));

    /// <summary>
    /// What the token is, null when it is unknown, expired or revoked; and what it was when it was last asked for, null where it was not. That is no right
    /// to anything: it says what to prepare while the database answers.
    /// </summary>
    internal (Task<BearerTokens.Token?> Now, BearerTokens.Token? Last) Find(string token, CancellationToken cancel)
    {
        var hash = Convert.ToHexString(BearerTokens.Hash(token));
        return (_asks.AskAsync(hash, cancel), _last.GetValueOrDefault(hash));
    }

    /// <summary>Null when unknown, expired or revoked.</summary>
    internal async Task<BearerTokens.Token?> ByIdAsync(Guid id, CancellationToken cancel)
    {
        await using var command = _dataSource.CreateCommand("select token_hash from care.bearer_token where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteScalarAsync(cancel) is byte[] hash ? await _asks.AskAsync(Convert.ToHexString(hash), cancel) : null;
    }

    private async Task<IReadOnlyList<BearerTokens.Token?>> FindAsync(IReadOnlyList<string> hashes)
    {
        var asked = hashes.Distinct(StringComparer.Ordinal).ToArray();
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            select t.token_hash, t.id, t.name, t.user_id, t.role, t.scopes, t.patient_id, t.controller_id
            from unnest($1) as a(token_hash) join care.bearer_token t using (token_hash) where t.revoked_at is null and t.expires_at > $2
            """,
            connection)
        {
            Parameters = { new() { Value = asked.Select(Convert.FromHexString).ToArray() }, new() { Value = _clock.GetUtcNow() } },
        };
        await command.PrepareAsync();
        await using var row = await command.ExecuteReaderAsync();
        var found = new Dictionary<string, BearerTokens.Token>(StringComparer.Ordinal);
        while (await row.ReadAsync())
        {
            found[Convert.ToHexString(row.GetFieldValue<byte[]>(0))] = new BearerTokens.Token(
                row.GetGuid(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetGuid(3), Enum.Parse<UserRole>(row.GetString(4)),
                row.GetFieldValue<string[]>(5), row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetGuid(7));
        }

        foreach (var hash in asked)
        {
            Remember(hash, found.GetValueOrDefault(hash));
        }

        return [.. hashes.Select(h => found.GetValueOrDefault(h))];
    }

    private void Remember(string hash, BearerTokens.Token? token)
    {
        if (token is null)
        {
            _last.TryRemove(hash, out _);
        }
        else if (!token.IsSame(_last.GetValueOrDefault(hash)))
        {
            if (_last.Count >= Remembered)
            {
                _last.Clear();
            }

            _last[hash] = token;
        }
    }
}
