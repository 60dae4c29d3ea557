using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>Ends a visit, and with it its service event unless that is a series; a series is ended by an act of its own. Ending twice changes nothing.</summary>
public sealed class EndVisit(
    UnitOfWork work, TreatmentResources resources, AccessLog log, TimeProvider clock, IEnumerable<IServiceEventEnded> ended)
{
    /// <summary>Null when there is no such visit.</summary>
    public async Task<VisitFacts?> HandleAsync(Guid visitId, CancellationToken cancel)
    {
        await work.ExecuteAsync("select 1 from care.visit where id = $1 for update", cancel, visitId);
        if (await TreatmentRows.VisitAsync(work, visitId, cancel) is not { } visit || visit.EndedAt is not null)
        {
            return await TreatmentRows.VisitAsync(work, visitId, cancel);
        }

        var now = clock.GetUtcNow();
        visit = visit with { EndedAt = now < visit.StartedAt ? visit.StartedAt : now };
        await work.ExecuteAsync("update care.visit set ended_at = $2 where id = $1", cancel, visitId, visit.EndedAt);
        if (visit.ServiceEventId is { } eventId && await TreatmentRows.ServiceEventAsync(work, eventId, cancel) is { } serviceEvent)
        {
            await resources.WriteVisitAsync(work, visit, serviceEvent, cancel);
            if (!serviceEvent.Series)
            {
                await EndServiceEventAsync(serviceEvent, visit.EndedAt.Value, cancel);
            }
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = visit.IsCare ? "Encounter" : "Visit",
                ResourceId = visit.Id.ToString(),
                PatientIds = [visit.PatientId],
                ControllerId = visit.ControllerId,
                Purpose = visit.IsCare ? "treatment" : "booking",
                Detail = "visit ended",
            },
            cancel);
        return visit;
    }

    /// <summary>Ends an open treatment series now, once all of its visits have ended. The caller commits, or rolls back on a refusal.</summary>
    public async Task<Outcome<bool>> EndSeriesAsync(Guid serviceEventId, CancellationToken cancel)
    {
        await work.ExecuteAsync("select 1 from care.service_event where id = $1 for update", cancel, serviceEventId);
        if (await TreatmentRows.ServiceEventAsync(work, serviceEventId, cancel) is not { EndedAt: null } serviceEvent)
        {
            return new Refusal("", "Care.Visit.SeriesGone");
        }

        if (await work.ScalarAsync<bool>("select exists (select from care.visit where service_event_id = $1 and ended_at is null)", cancel, serviceEventId))
        {
            return new Refusal("", "Care.Visit.OthersOpen");
        }

        await EndServiceEventAsync(serviceEvent, clock.GetUtcNow(), cancel);
        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = "Encounter",
                ResourceId = serviceEventId.ToString(),
                PatientIds = [serviceEvent.PatientId],
                ControllerId = serviceEvent.ControllerId,
                Purpose = "treatment",
                Detail = "service event ended",
            },
            cancel);
        return true;
    }

    private async Task EndServiceEventAsync(ServiceEventFacts serviceEvent, DateTimeOffset at, CancellationToken cancel)
    {
        serviceEvent = serviceEvent with { EndedAt = at };
        await work.ExecuteAsync("update care.service_event set ended_at = $2 where id = $1", cancel, serviceEvent.Id, at);
        await resources.WriteServiceEventAsync(work, serviceEvent, serviceEvent.PatientId, cancel);
        foreach (var port in ended)
        {
            await port.EndedAsync(serviceEvent.Id, work, cancel);
        }
    }
}
