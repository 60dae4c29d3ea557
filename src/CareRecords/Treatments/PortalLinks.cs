using System.Security.Cryptography;
using System.Text;
using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>
/// Links an account to a customer card by a one-time code handed over at a visit after checking identity; never by a matching e-mail. The code is
/// stored hashed, works once, and for <see cref="Lifetime"/>.
/// </summary>
public sealed class PortalLinks(UnitOfWork work, CurrentUser user, AccessLog log, TimeProvider clock)
{
    /// <summary>How long a handed-out code works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    // No letters or digits that are read wrongly on paper; 12 of 28 characters are 57 bits, behind a rate limit and one use.
    private const string Alphabet = "ACDEFGHJKLMNPQRTUVWXY3467892";

    /// <summary>The card that this account is linked to, or null.</summary>
    public async Task<string?> FindAsync(Guid userId, CancellationToken cancel) =>
        await work.ScalarAsync<string>("select patient_id from care.portal_link where user_id = $1", cancel, userId);

    /// <summary>A new code, shown once, for the practitioner to hand over; older unused codes of the card stop working. The caller commits.</summary>
    public async Task<string> HandOutCodeAsync(string patientId, CancellationToken cancel)
    {
        var code = string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));
        var now = clock.GetUtcNow();
        await work.ExecuteAsync("update care.link_code set used_at = $2 where patient_id = $1 and used_at is null", cancel, patientId, now);
        await work.ExecuteAsync(
            "insert into care.link_code (id, patient_id, code_hash, handed_by, handed_at, expires_at) values ($1, $2, $3, $4, $5, $6)", cancel,
            Guid.CreateVersion7(), patientId, Hash(code), user.UserId ?? Guid.Empty, now, now + Lifetime);
        await log.RecordAsync(
            work, new AccessEntry { Interaction = "create", ResourceType = "LinkCode", PatientIds = [patientId], Purpose = "patient_request" }, cancel);
        return code;
    }

    /// <summary>Links the signed-in customer's account to the code's card. Refuses a wrong, used or expired code with one and the same answer.</summary>
    public async Task<Outcome<string>> RedeemAsync(string? code, CancellationToken cancel)
    {
        if (user is not { Role: UserRole.Customer, UserId: { } userId })
        {
            return new Refusal("Code", "Care.Link.SignInFirst");
        }

        var now = clock.GetUtcNow();
        var patientId = await work.ScalarAsync<string>(
            "update care.link_code set used_at = $2 where code_hash = $1 and used_at is null and expires_at > $2 returning patient_id", cancel,
            Hash(code ?? ""), now);
        if (patientId is null)
        {
            return new Refusal("Code", "Care.Link.CodeWrong");
        }

        var linked = await work.ExecuteAsync(
            """
            insert into care.portal_link (user_id, patient_id, how, verified_by, linked_at)
            select $1, $2, 'code_at_visit', handed_by, $3 from care.link_code where code_hash = $4
            on conflict do nothing
            """,
            cancel, userId, patientId, now, Hash(code ?? ""));
        if (linked == 0)
        {
            return new Refusal("Code", "Care.Link.AlreadyLinked");
        }

        await log.RecordAsync(
            work,
            new AccessEntry { Interaction = "update", ResourceType = "Account", PatientIds = [patientId], Purpose = "patient_request", Detail = "account linked" },
            cancel);
        return patientId;
    }

    private static byte[] Hash(string code)
    {
        var normal = new string([.. code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]);
        return SHA256.HashData(Encoding.UTF8.GetBytes("link-code|" + normal));
    }
}
