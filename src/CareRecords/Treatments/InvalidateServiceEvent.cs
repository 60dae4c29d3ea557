using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>
/// Takes back a service event that was opened by mistake, after its notes have been invalidated: event and visits become entered-in-error, and the
/// archive is told last, when everything about the notes has gone. Its documents and the visits' history stay.
/// </summary>
public sealed class InvalidateServiceEvent(
    UnitOfWork work, CurrentUser user, TreatmentResources resources, SettleVisit settle, AccessLog log, TimeProvider clock,
    IEnumerable<IServiceEventInvalidated> listeners)
{
    /// <summary>The caller has checked the right to the event, commits on success and rolls back on a refusal.</summary>
    public async Task<Outcome<ServiceEventFacts>> HandleAsync(Guid serviceEventId, string reason, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return new Refusal("MistakeReason", "Care.Note.ReasonNeeded");
        }

        var open = await work.ScalarAsync<Guid?>("select id from care.service_event where id = $1 and invalidated_at is null for update", cancel, serviceEventId);
        if (open is null || await TreatmentRows.ServiceEventAsync(work, serviceEventId, cancel) is not { } serviceEvent)
        {
            return new Refusal("", "Care.Event.Gone");
        }

        if (await work.ScalarAsync<long>(
            """
            select (select count(*) from care.note where service_event_id = $1 and status <> 'entered_in_error')
              + (select count(*) from care.note_draft d join care.visit v on v.id = d.visit_id where v.service_event_id = $1)
            """, cancel, serviceEventId) > 0)
        {
            return new Refusal("", "Care.Event.HasNotes");
        }

        var now = clock.GetUtcNow();
        await work.ExecuteAsync(
            "update care.service_event set invalidated_at = $2, invalidated_by = $3, ended_at = coalesce(ended_at, greatest(started_at, $2)) where id = $1",
            cancel, serviceEventId, now, user.PractitionerId ?? serviceEvent.PractitionerId);
        serviceEvent = serviceEvent with { EndedAt = serviceEvent.EndedAt ?? now };
        await resources.WriteServiceEventAsync(work, serviceEvent, serviceEvent.PatientId, cancel, wrong: true);
        foreach (var id in await work.QueryAsync("select id from care.visit where service_event_id = $1", r => r.GetGuid(0), cancel, serviceEventId))
        {
            await work.ExecuteAsync("update care.visit set ended_at = greatest(started_at, $2) where id = $1 and ended_at is null", cancel, id, now);
            await settle.HandleAsync(id, reason, cancel);
            await resources.WriteVisitAsync(work, (await TreatmentRows.VisitAsync(work, id, cancel))!, serviceEvent, cancel, wrong: true);
        }

        foreach (var listener in listeners)
        {
            await listener.InvalidatedAsync(serviceEventId, work, cancel);
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "invalidate",
                ResourceType = "Encounter",
                ResourceId = serviceEventId.ToString(),
                PatientIds = [serviceEvent.PatientId],
                ControllerId = serviceEvent.ControllerId,
                Purpose = "treatment",
                Detail = "service event entered in error",
            },
            cancel);
        return serviceEvent;
    }
}
