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

    /// <summary>Null when unknown, expired or revoked; asked of the database each time, so that a revocation holds at once on every node.</summary>
    internal static async Task<Token?> FindAsync(NpgsqlDataSource dataSource, string token, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(
            """
            select id, name, user_id, role, scopes, patient_id, controller_id from care.bearer_token
            where token_hash = $1 and revoked_at is null and expires_at > $2
            """,
            connection)
        { Parameters = { new() { Value = Hash(token) }, new() { Value = clock.GetUtcNow() } } };
        await command.PrepareAsync(cancel);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new Token(
                row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetGuid(2), Enum.Parse<UserRole>(row.GetString(3)),
                row.GetFieldValue<string[]>(4), row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetGuid(6))
            : null;
    }
}
