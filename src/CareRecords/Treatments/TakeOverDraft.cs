using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>
/// Gives the draft of somebody who has left to a practitioner of the same controller, who finishes and signs it in her own name, or drops it. The caller
/// has checked that its author has left.
/// </summary>
public sealed class TakeOverDraft(UnitOfWork work, CurrentUser user, AccessLog log)
{
    /// <summary>False: there is no such draft of that author in that controller's visits. The caller commits.</summary>
    public async Task<bool> HandleAsync(Guid draftId, Guid author, Guid controllerId, CancellationToken cancel)
    {
        var patient = await work.ScalarAsync<string>(
            """
            update care.note_draft d set author_id = $2, revision = revision + 1
            from care.visit v where d.id = $1 and d.author_id = $3 and v.id = d.visit_id and v.controller_id = $4 returning d.patient_id
            """,
            cancel, draftId, user.PractitionerId ?? throw new InvalidOperationException("Only a practitioner takes over a draft."), author, controllerId);
        if (patient is null)
        {
            return false;
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = "Draft",
                ResourceId = draftId.ToString(),
                PatientIds = [patient],
                ControllerId = controllerId,
                Purpose = "treatment",
                Detail = "taken over from somebody who has left",
            },
            cancel);
        return true;
    }
}
