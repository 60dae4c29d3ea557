using System.Buffers.Text;
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
        Guid Id, string Name, Guid? UserId, UserRole Role, IReadOnlyList<string> Scopes, string? PatientId, Guid? ControllerId);

    internal static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>
/// Looks tokens up. The database is asked for each request, so that a revocation holds at once on every node; requests that arrive together ask in one
/// round trip.
/// </summary>
internal sealed class TokenLookup
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _clock;
    private readonly RoundTrips<byte[], BearerTokens.Token?> _asks;

    public TokenLookup(NpgsqlDataSource dataSource, TimeProvider clock) => (_dataSource, _clock, _asks) = (dataSource, clock, new(FindAsync, atOnce: 2, most: 128));

    /// <summary>Null when unknown, expired or revoked.</summary>
    internal Task<BearerTokens.Token?> FindAsync(string token, CancellationToken cancel) => _asks.AskAsync(BearerTokens.Hash(token), cancel);

    /// <summary>Null when unknown, expired or revoked.</summary>
    internal async Task<BearerTokens.Token?> ByIdAsync(Guid id, CancellationToken cancel)
    {
        await using var command = _dataSource.CreateCommand("select token_hash from care.bearer_token where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteScalarAsync(cancel) is byte[] hash ? await _asks.AskAsync(hash, cancel) : null;
    }

    private async Task<IReadOnlyList<BearerTokens.Token?>> FindAsync(IReadOnlyList<byte[]> hashes)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            select t.token_hash, t.id, t.name, t.user_id, t.role, t.scopes, t.patient_id, t.controller_id
            from unnest($1) as a(token_hash) join care.bearer_token t using (token_hash) where t.revoked_at is null and t.expires_at > $2
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = hashes.DistinctBy(Convert.ToHexString).ToArray() }, new() { Value = _clock.GetUtcNow() },
            },
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

        return [.. hashes.Select(h => found.GetValueOrDefault(Convert.ToHexString(h)))];
    }
}
