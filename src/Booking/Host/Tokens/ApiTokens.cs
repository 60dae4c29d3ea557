using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Booking.Host.Tokens;

/// <summary>A token as listed: never its secret.</summary>
internal sealed record ApiTokenInfo(Guid Id, string Name, string Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>Opaque bearer tokens for /fhir: 256 random bits, stored as a SHA-256 hash, with scopes and an end.</summary>
internal sealed class ApiTokens(NpgsqlDataSource dataSource)
{
    private const string Prefix = "crt_";

    /// <summary>Makes a token; the secret is returned this once.</summary>
    public async Task<(Guid Id, string Secret)> IssueAsync(string name, string scopes, TimeSpan lifetime, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        var secret = Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await using var command = dataSource.CreateCommand(
            "insert into host.api_token (id, token_hash, name, scopes, expires_at) values ($1, $2, $3, $4, now() + $5)");
        foreach (object value in new object[] { id, Hash(secret), name, scopes, lifetime })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancel);
        return (id, secret);
    }

    /// <summary>The token's facts while it is valid; null for anything else. Looked up at each request, so that a revocation holds at once.</summary>
    public async ValueTask<ApiTokenInfo?> FindAsync(string secret, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"{Select} where token_hash = $1 and revoked_at is null and expires_at > now()");
        command.Parameters.Add(new NpgsqlParameter { Value = Hash(secret) });
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    public async Task<List<ApiTokenInfo>> ListAsync(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"{Select} order by created_at");
        return await ReadAsync(command, cancel);
    }

    /// <summary>False when there is no such token, or it was revoked before.</summary>
    public async Task<bool> RevokeAsync(Guid id, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand("update host.api_token set revoked_at = now() where id = $1 and revoked_at is null");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private const string Select = "select id, name, scopes, created_at, expires_at, revoked_at from host.api_token";

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static async Task<List<ApiTokenInfo>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var tokens = new List<ApiTokenInfo>();
        while (await reader.ReadAsync(cancel))
        {
            tokens.Add(new ApiTokenInfo(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetFieldValue<DateTimeOffset>(4), await reader.IsDBNullAsync(5, cancel) ? null : reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return tokens;
    }
}
