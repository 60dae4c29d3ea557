using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;

namespace CareRecords.Treatments;

/// <summary>
/// The way back from an identity code that was entered wrongly and corrected after notes had been signed: what is in the archive stands in somebody else's
/// record there. In one transaction the notes are invalidated, their texts become drafts of the same visits, the visits go over to a service event with a
/// new OID, and the old event is invalidated. Signed again, the notes go to the archive under the right code.
/// </summary>
public sealed class RenewServiceEvent(
    UnitOfWork work, PracticeDirectory directory, InvalidateNote invalidate, InvalidateServiceEvent mistake, TreatmentResources resources, AccessLog log)
{
    /// <summary>Whether something of this event was signed before the identity code was corrected, so that the archive has it under the former one.</summary>
    public static async Task<bool> IsUnderFormerCodeAsync(UnitOfWork work, Guid serviceEventId, CancellationToken cancel) =>
        (await VisitsUnderFormerCodeAsync(work, "n.service_event_id = $1", serviceEventId, cancel)).Count > 0;

    /// <summary>One visit of each service event of this patient that stands under a former code, as far as this controller's.</summary>
    public static Task<List<VisitFacts>> OfPatientAsync(UnitOfWork work, string patientId, Guid controllerId, CancellationToken cancel) =>
        VisitsUnderFormerCodeAsync(work, "n.patient_id = $1 and n.controller_id = $2", patientId, cancel, controllerId);

    private static async Task<List<VisitFacts>> VisitsUnderFormerCodeAsync(UnitOfWork work, string which, object key, CancellationToken cancel, params object[] more)
    {
        var ids = await work.QueryAsync(
            $"""
            select distinct on (n.service_event_id) n.visit_id from care.note n
              join care.service_event e on e.id = n.service_event_id join care.person p on p.patient_id = n.patient_id
              join care.note_version v on v.note_id = n.id
            where {which} and e.invalidated_at is null and exists (select from care.practice where joined_archive_on is not null) and v.signed_at < p.code_corrected_at order by n.service_event_id, n.id
            """,
            r => r.GetGuid(0), cancel, [key, .. more]);
        return await TreatmentRows.VisitsAsync(work, ids, cancel);
    }

    /// <summary>The new service event's id. The caller has checked the right to the event, commits on success and rolls back on a refusal.</summary>
    public async Task<Outcome<Guid>> HandleAsync(Guid serviceEventId, string reason, CancellationToken cancel)
    {
        await work.ExecuteAsync("select 1 from care.service_event where id = $1 for update", cancel, serviceEventId);
        if (await TreatmentRows.ServiceEventAsync(work, serviceEventId, cancel) is not { Invalidated: false } old || !await IsUnderFormerCodeAsync(work, serviceEventId, cancel))
        {
            return new Refusal("", "Care.Event.Gone");
        }

        if (old.Outsourcing is { ServiceEventOid: not null })
        {
            return new Refusal("", "Care.Event.Organisers");
        }

        foreach (var (note, visit) in await work.QueryAsync(
            "select id, visit_id from care.note where service_event_id = $1 and status <> 'entered_in_error' order by id", r => (r.GetGuid(0), r.GetGuid(1)), cancel, serviceEventId))
        {
            var invalidated = await invalidate.HandleAsync(new InvalidateNote.Request { NoteId = note, Reason = reason, RightVisitId = visit }, cancel);
            if (!invalidated.Done)
            {
                return Outcome.Refused<Guid>([.. invalidated.Refusals.Select(r => r with { Field = r.Field.Length == 0 ? "" : "RenewReason" })]);
            }
        }

        var practice = await directory.GetAsync(cancel);
        var renewed = old with
        {
            Id = Guid.CreateVersion7(),
            Oid = await OidIssuer.NextAsync(work, practice.Controller(old.ControllerId), OidKind.ServiceEvent, TimeZoneInfo.ConvertTime(old.StartedAt, practice.Zone).Year, cancel),
        };
        await work.ExecuteAsync(
            """
            insert into care.service_event (id, oid, patient_id, controller_id, practitioner_id, series, title, started_at, ended_at, outsourcing_id)
            select $2, $3, patient_id, controller_id, practitioner_id, series, title, started_at, ended_at, outsourcing_id from care.service_event where id = $1
            """, cancel, serviceEventId, renewed.Id, renewed.Oid);
        var visits = await work.QueryAsync(
            "update care.visit set service_event_id = $2 where service_event_id = $1 and taken_back_at is null returning id", r => r.GetGuid(0), cancel, serviceEventId, renewed.Id);
        await resources.WriteServiceEventAsync(work, renewed, renewed.PatientId, cancel);
        foreach (var visit in await TreatmentRows.VisitsAsync(work, visits, cancel))
        {
            await resources.WriteVisitAsync(work, visit, renewed, cancel);
        }

        if (await mistake.HandleAsync(serviceEventId, reason, cancel) is { Done: false } refused)
        {
            return Outcome.Refused<Guid>(refused.Refusals);
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = "Encounter",
                ResourceId = renewed.Id.ToString(),
                PatientIds = [renewed.PatientId],
                ControllerId = renewed.ControllerId,
                Purpose = "treatment",
                Detail = "service event begun anew under the corrected identity code",
            },
            cancel);
        return renewed.Id;
    }
}
