using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>The account that is linked to a card, and since when.</summary>
public sealed record PortalLinkFacts(Guid UserId, DateTimeOffset LinkedAt);

/// <summary>A link that was ended, by whom and why.</summary>
public sealed record EndedLinkFacts(DateTimeOffset EndedAt, string EndedByName, string Reason);

/// <summary>
/// The way back from a linking code that came to the wrong person: the account sees nothing of the card from now on, and both the card's log and the
/// account's owner are told. What the account has seen until then stands in the card's log.
/// </summary>
public sealed class EndPortalLink(UnitOfWork work, CurrentUser user, FieldCipher cipher, AccessLog log, TimeProvider clock)
{
    /// <summary>Null when no account is linked to the card.</summary>
    public static async Task<PortalLinkFacts?> FindAsync(UnitOfWork work, string patientId, CancellationToken cancel) => (await work.QueryAsync(
        "select user_id, linked_at from care.portal_link where patient_id = $1", r => new PortalLinkFacts(r.GetGuid(0), r.GetFieldValue<DateTimeOffset>(1)), cancel,
        patientId)).SingleOrDefault();

    /// <summary>When the newest link of this account was ended; null when none was.</summary>
    public static async Task<DateTimeOffset?> OfAccountAsync(UnitOfWork work, Guid userId, CancellationToken cancel) =>
        await work.ScalarAsync<DateTime?>("select max(ended_at) from care.portal_link_ended where user_id = $1", cancel, userId) is { } at
            ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    /// <summary>The card's ended links, newest first. The caller logs the read.</summary>
    public async Task<IReadOnlyList<EndedLinkFacts>> OfPatientAsync(string patientId, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            "select id, ended_at, ended_by_name, reason from care.portal_link_ended where patient_id = $1 order by ended_at desc",
            r => (Id: r.GetGuid(0), At: r.GetFieldValue<DateTimeOffset>(1), By: r.GetString(2), Reason: r.GetFieldValue<byte[]>(3)), cancel, patientId);
        var ended = new List<EndedLinkFacts>(rows.Count);
        foreach (var (id, at, by, reason) in rows)
        {
            ended.Add(new EndedLinkFacts(at, by, await cipher.DecryptTextAsync(Place(id), reason, cancel) ?? ""));
        }

        return ended;
    }

    /// <summary>
    /// Ends the link of this account and this card; done also when it was ended before. The caller has checked the right to the card, takes the card from
    /// the account in the same transaction, and commits.
    /// </summary>
    public async Task<Outcome<Guid>> HandleAsync(string patientId, Guid userId, string? reason, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > SignNote.LongestReason || !NoteRules.IsStorable(reason))
        {
            return new Refusal("Reason", "Care.Note.ReasonNeeded");
        }

        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        var sealedReason = await cipher.EncryptTextAsync(KeyScope.Patient(patientId), Place(id), reason.Trim(), cancel);
        var ended = await work.ExecuteAsync(
            """
            with gone as (delete from care.portal_link where patient_id = $2 and user_id = $3 returning how, verified_by, linked_at)
            insert into care.portal_link_ended (id, user_id, patient_id, how, verified_by, linked_at, ended_at, ended_by, ended_by_name, reason)
            select $1, $3, $2, how, verified_by, linked_at, $4, $5, $6, $7 from gone
            """,
            cancel, id, patientId, userId, now, user.UserId ?? Guid.Empty, user.Name, sealedReason!);
        if (ended == 0)
        {
            return await work.ScalarAsync<bool>(
                "select exists (select from care.portal_link_ended where patient_id = $1 and user_id = $2)", cancel, patientId, userId)
                ? userId : new Refusal("", "Care.Link.NotLinked");
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "delete",
                ResourceType = "Account",
                ResourceId = userId.ToString(),
                PatientIds = [patientId],
                Purpose = "administration",
                Detail = "account link ended",
            },
            cancel);
        return userId;
    }

    private static FieldPlace Place(Guid id) => new("care.portal_link_ended.reason", id.ToString("N"));
}
