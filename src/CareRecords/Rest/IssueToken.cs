using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Rest;

/// <summary>Issues a bearer token for /fhir (`care token`). The token is returned once and can not be shown again.</summary>
public static class IssueToken
{
    public sealed record Request
    {
        /// <summary>The program or person that the access log names.</summary>
        public required string Name { get; init; }

        /// <summary>Client for programs; otherwise what a person of that role may do.</summary>
        public UserRole Role { get; init; } = UserRole.Client;

        /// <summary>As in SMART: system/Patient.rs, system/*.read, system/Observation.cruds, patient/*.rs.</summary>
        public required IReadOnlyList<string> Scopes { get; init; }

        public Guid? UserId { get; init; }

        /// <summary>Shows this patient's data only.</summary>
        public string? PatientId { get; init; }

        /// <summary>Shows this controller's records only, beside what is shared.</summary>
        public Guid? ControllerId { get; init; }

        public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(90);
    }

    /// <param name="Token">What the client sends as `Authorization: Bearer …`.</param>
    public sealed record Issued(Guid Id, string Token, DateTimeOffset ExpiresAt);

    /// <summary>Writes the token's hash and a leaf of the access log; the caller commits.</summary>
    /// <exception cref="ArgumentException">A scope cannot be read, the lifetime is not between a minute and two years, or a customer's token names no patient.</exception>
    public static async Task<Issued> HandleAsync(UnitOfWork work, AccessLog log, TimeProvider clock, Request request, CancellationToken cancel)
    {
        if (request.Scopes.Count == 0 || request.Scopes.FirstOrDefault(s => Scope.Parse(s) is null) is not null)
        {
            throw new ArgumentException("A scope is written like system/Patient.rs, system/*.read or patient/*.rs.", nameof(request));
        }

        if (request.Lifetime < TimeSpan.FromMinutes(1) || request.Lifetime > TimeSpan.FromDays(731))
        {
            throw new ArgumentException("A token lives between a minute and two years.", nameof(request));
        }

        if (request.Role is UserRole.Anonymous or UserRole.System || (request.Role == UserRole.Customer && request.PatientId is null))
        {
            throw new ArgumentException("A token has the role of a client, a member of staff, or a customer whose patient is named.", nameof(request));
        }

        var (id, token, now) = (Guid.CreateVersion7(), BearerTokens.New(), clock.GetUtcNow());
        await work.ExecuteAsync(
            """
            insert into care.bearer_token (id, token_hash, name, user_id, role, scopes, patient_id, controller_id, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            cancel, id, BearerTokens.Hash(token), request.Name, request.UserId, request.Role.ToString(), request.Scopes.ToArray(), request.PatientId,
            request.ControllerId, now, now + request.Lifetime);
        await log.RecordAsync(
            work, new AccessEntry { Interaction = "create", ResourceType = "AccessToken", ResourceId = id.ToString(), Purpose = "administration", Detail = string.Join(' ', request.Scopes) }, cancel);
        return new Issued(id, token, now + request.Lifetime);
    }

    /// <summary>Ends a token at once; false when there is no such token or it has ended.</summary>
    public static async Task<bool> RevokeAsync(UnitOfWork work, AccessLog log, TimeProvider clock, Guid id, CancellationToken cancel)
    {
        var revoked = await work.ExecuteAsync("update care.bearer_token set revoked_at = $2 where id = $1 and revoked_at is null", cancel, id, clock.GetUtcNow());
        await log.RecordAsync(
            work, new AccessEntry { Interaction = "delete", ResourceType = "AccessToken", ResourceId = id.ToString(), Purpose = "administration" }, cancel);
        return revoked == 1;
    }
}
