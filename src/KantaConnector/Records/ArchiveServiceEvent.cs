using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>
/// Keeps a service event's own document in the queue: at the latest with the first signed note, and once more when the event has ended after its
/// document was queued without an end. Writers of one event wait for each other.
/// </summary>
internal sealed class ArchiveServiceEvent(
    FieldCipher cipher, PracticeDirectory practices, People people, ICustomerCards cards, DocumentFitness fitness, CodeTables codes,
    ArchivedIdentity identity, IOptions<KantaOptions> options, TimeProvider clock)
    : IServiceEventEnded, IServiceEventInvalidated
{
    public async Task EndedAsync(Guid serviceEventId, UnitOfWork work, CancellationToken cancel)
    {
        var serviceEvent = await TreatmentRows.ServiceEventAsync(work, serviceEventId, cancel);
        if (serviceEvent is not { EndedAt: not null } || IsOrganisers(serviceEvent))
        {
            return;
        }
        var practice = await practices.GetAsync(cancel);
        var controller = practice.Controller(serviceEvent.ControllerId);
        // Signing holds the OID counter before it comes here; taking it first keeps that order and thus spares a deadlock.
        var oid = await OidIssuer.NextAsync(work, controller, OidKind.Document, clock.GetUtcNow().Year, cancel);
        var latest = await Latest(work, serviceEvent.Oid, cancel);
        if (latest is null or { Ended: true })
        {
            // Without a document the first signed note brings one that says both times.
            return;
        }
        var patient = await people.FindAsync(work, serviceEvent.PatientId, cancel);
        var author = await cards.PractitionerAsync(serviceEvent.PractitionerId, work, cancel);
        if (patient is null || author is null)
        {
            throw new InvalidOperationException($"The people of service event {serviceEventId} cannot be read.");
        }
        await Queue(work, serviceEvent, patient, controller, author, practice, oid, latest, null, cancel);
    }

    /// <summary>Queues the invalidation of an event whose document was queued; it goes when all else about the event is finished.</summary>
    public async Task InvalidatedAsync(Guid serviceEventId, UnitOfWork work, CancellationToken cancel)
    {
        if (await TreatmentRows.ServiceEventAsync(work, serviceEventId, cancel) is not { } serviceEvent || await Latest(work, serviceEvent.Oid, cancel) is not { } latest)
        {
            return;
        }
        var practice = await practices.GetAsync(cancel);
        var by = await work.ScalarAsync<Guid?>("select invalidated_by from care.service_event where id = $1", cancel, serviceEventId);
        var author = await cards.PractitionerAsync(by ?? serviceEvent.PractitionerId, work, cancel)
            ?? throw new InvalidOperationException($"Who invalidates service event {serviceEventId} cannot be read.");
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.Invalidation,
            ControllerId = serviceEvent.ControllerId,
            PatientId = serviceEvent.PatientId,
            Oid = serviceEvent.Oid,
            SetId = latest.SetId,
            Version = latest.Version + 1,
            ServiceEventOid = serviceEvent.Oid,
            ServiceEventId = serviceEvent.Id,
            PractitionerId = serviceEvent.PractitionerId,
            InvalidationContent = InvalidationContent.OfServiceEvent(
                serviceEvent.Oid, DocumentsFromCare.Invalidator(author, practice.Controller(serviceEvent.ControllerId), clock.GetUtcNow()), practice.Zone.Id),
        }, cancel);
    }

    public async Task EnsureQueued(
        UnitOfWork work, ServiceEventFacts serviceEvent, PatientFacts patient, ControllerFacts controller, PractitionerFacts author, VisitFacts visit,
        CancellationToken cancel)
    {
        if (IsOrganisers(serviceEvent))
        {
            return;
        }
        var latest = await Latest(work, serviceEvent.Oid, cancel);
        if (latest is null || (!latest.Ended && serviceEvent.EndedAt is not null))
        {
            var practice = await practices.GetAsync(cancel);
            var oid = await OidIssuer.NextAsync(work, controller, OidKind.Document, clock.GetUtcNow().Year, cancel);
            await Queue(work, serviceEvent, patient, controller, author, practice, oid, latest, visit, cancel);
        }
    }

    /// <summary>An event that the authorisation names has a document of its organiser's; a second one of ours would be another chain about it.</summary>
    private static bool IsOrganisers(ServiceEventFacts serviceEvent) => serviceEvent.Outsourcing is { ServiceEventOid: not null };

    private async Task Queue(
        UnitOfWork work, ServiceEventFacts serviceEvent, PatientFacts patient, ControllerFacts controller, PractitionerFacts author, PracticeFacts practice,
        string oid, LatestVersion? latest, VisitFacts? visit, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var version = (latest?.Version ?? 0) + 1;
        var named = await identity.In(work, serviceEvent.Oid, patient, cancel);
        var document = DocumentsFromCare.ServiceEvent(named, serviceEvent, controller, author, now,
            (oid, latest?.SetId ?? oid, version, latest is null ? null : new PreviousVersion(latest.Oid, latest.Version)), options.Value, await codes.GetAsync(cancel),
            practice.Zone.Id);
        var problems = DocumentProblems.Of(document);
        var built = problems.Count == 0 ? CdaBuilder.Build(document) : null;
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.ServiceEvent,
            ControllerId = controller.Id,
            PatientId = patient.PatientId,
            Oid = oid,
            SetId = latest?.SetId ?? oid,
            Version = version,
            ServiceEventOid = serviceEvent.Oid,
            ServiceEventId = serviceEvent.Id,
            VisitId = visit?.Id,
            PractitionerId = visit?.PractitionerId ?? serviceEvent.PractitionerId,
            EventEnded = serviceEvent.EndedAt is not null,
            DueAt = (serviceEvent.EndedAt ?? visit?.EndedAt ?? now).AddDays(5),
            Document = built,
            Unfit = fitness.Reason(problems, built, practice.Environment),
        }, cancel);
    }

    private static async Task<LatestVersion?> Latest(UnitOfWork work, string serviceEventOid, CancellationToken cancel)
    {
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('kanta.service_event ' || $1, 0))", cancel, serviceEventOid);
        var rows = await work.QueryAsync(
            "select oid, set_id, version, event_ended from kanta.document where service_event_oid = $1 and kind = 'service_event' order by version desc limit 1",
            reader => new LatestVersion(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetBoolean(3)), cancel, serviceEventOid);
        return rows.Count == 0 ? null : rows[0];
    }

    private sealed record LatestVersion(string Oid, string SetId, int Version, bool Ended);
}
