using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>Records for one visit whether a minor's guardian may see its data (values 1–4 of 1.2.246.537.5.40202.201901); never a default of the card.</summary>
public sealed class RecordGuardian(UnitOfWork work, PortalView portal, AccessLog log)
{
    /// <summary>False when the value is none of 1–4 or the visit is no care visit. The caller commits.</summary>
    public async Task<bool> HandleAsync(VisitFacts visit, short value, CancellationToken cancel)
    {
        if (value is < 1 or > 4 || await work.ExecuteAsync("update care.visit set guardian_disclosure = $2 where id = $1 and is_care", cancel, visit.Id, value) == 0)
        {
            return false;
        }

        await portal.MarkAsync(visit.PatientId, cancel);
        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = "Encounter",
                ResourceId = visit.Id.ToString(),
                PatientIds = [visit.PatientId],
                ControllerId = visit.ControllerId,
                Purpose = "treatment",
                Detail = $"guardian disclosure {value}",
            },
            cancel);
        return true;
    }
}
