using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>
/// Says that a visit's record was settled in another way (opened by mistake, written and archived elsewhere), with a reason: its clock ends. The visit
/// and the reason stay, and a note can still be written.
/// </summary>
public sealed class SettleVisit(UnitOfWork work, CurrentUser user, FieldCipher cipher, AccessLog log, TimeProvider clock)
{
    /// <summary>True also when it was settled before. The caller has checked the right to the visit, and commits.</summary>
    public async Task<Outcome<bool>> HandleAsync(Guid visitId, string reason, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 1000)
        {
            return new Refusal("Reason", "Care.Settle.ReasonNeeded");
        }

        await work.ExecuteAsync("select 1 from care.visit where id = $1 for update", cancel, visitId);
        if (await TreatmentRows.VisitAsync(work, visitId, cancel) is not { IsCare: true } visit)
        {
            return new Refusal("", "Care.Settle.VisitGone");
        }

        if (await work.ScalarAsync<bool>("select exists (select from care.note_draft where visit_id = $1)", cancel, visitId))
        {
            return new Refusal("", "Care.Settle.HasDraft");
        }

        var place = new FieldPlace("care.visit.settled_reason", visitId.ToString("N"));
        var settled = await work.ExecuteAsync(
            "update care.visit set settled_at = $2, settled_by = $3, settled_reason = $4 where id = $1 and settled_at is null", cancel, visitId, clock.GetUtcNow(),
            user.UserId ?? Guid.Empty, await cipher.EncryptTextAsync(KeyScope.Patient(visit.PatientId), place, reason.Trim(), cancel));
        if (settled == 1)
        {
            await log.RecordAsync(
                work,
                new AccessEntry
                {
                    Interaction = "update",
                    ResourceType = "Encounter",
                    ResourceId = visitId.ToString(),
                    PatientIds = [visit.PatientId],
                    ControllerId = visit.ControllerId,
                    Purpose = "treatment",
                    Detail = "record settled elsewhere",
                },
                cancel);
        }

        return true;
    }
}
