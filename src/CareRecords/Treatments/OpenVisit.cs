using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;

namespace CareRecords.Treatments;

/// <summary>Which service event a care visit belongs to.</summary>
public enum SeriesChoice
{
    /// <summary>A service event of its own; it ends with the visit.</summary>
    OneVisit,

    /// <summary>Begins a treatment series that later visits go on with.</summary>
    NewSeries,

    /// <summary>Goes on with an open series.</summary>
    Continue,
}

/// <summary>
/// Care starts: the visit is opened, and for health care a service event begins or an open series goes on. A wellness visit gets no service event,
/// no Encounter and no patient record. A visit of an appointment is opened once; opening it again returns the same one.
/// </summary>
public sealed class OpenVisit(
    UnitOfWork work, CurrentUser user, PracticeDirectory directory, TreatmentResources resources, AccessLog log, TimeProvider clock)
{
    public sealed record Request
    {
        public required string PatientId { get; init; }
        public Guid? AppointmentId { get; init; }
        public required Guid PractitionerId { get; init; }
        public required Guid ControllerId { get; init; }
        public required string ServiceName { get; init; }
        public required bool IsCare { get; init; }

        /// <summary>in_person, phone, video, home_visit.</summary>
        public required string ContactMode { get; init; }

        /// <summary>When care started; null is now. Never in the future.</summary>
        public DateTimeOffset? StartedAt { get; init; }
        public SeriesChoice Series { get; init; }
        public Guid? ServiceEventId { get; init; }

        /// <summary>The authorisation under which a new service event is recorded for another organiser; null: into our own register.</summary>
        public Guid? OutsourcingId { get; init; }
    }

    public async Task<Outcome<VisitFacts>> HandleAsync(Request request, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var started = request.StartedAt ?? now;
        if (started > now.AddMinutes(1))
        {
            return new Refusal(nameof(Request.StartedAt), "Care.Visit.Future");
        }

        if (request.AppointmentId is { } appointment)
        {
            await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended($1, 1))", cancel, appointment.ToString());
            if (await TreatmentRows.VisitOfAppointmentAsync(work, appointment, cancel) is { } opened)
            {
                return opened;
            }
        }

        var practice = await directory.GetAsync(cancel);
        ServiceEventFacts? serviceEvent = null;
        if (request.IsCare)
        {
            var found = await ServiceEventAsync(request, practice, started, cancel);
            if (!found.Done)
            {
                return Outcome.Refused<VisitFacts>(found.Refusals);
            }

            serviceEvent = found.Value;
        }

        var visit = new VisitFacts(
            Guid.CreateVersion7(), request.PatientId, request.AppointmentId, serviceEvent?.Id, request.ControllerId, request.PractitionerId,
            request.ServiceName, request.IsCare, request.ContactMode, started, null, practice.Zone.Id, null);
        await work.ExecuteAsync(
            """
            insert into care.visit (id, patient_id, appointment_id, service_event_id, controller_id, practitioner_id, service_name, is_care,
              contact_mode, started_at, zone, opened_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            cancel, visit.Id, visit.PatientId, Sql.Null(visit.AppointmentId), Sql.Null(visit.ServiceEventId), visit.ControllerId,
            visit.PractitionerId, visit.ServiceName, visit.IsCare, visit.ContactMode, visit.StartedAt, visit.Zone, user.UserId ?? Guid.Empty);
        if (serviceEvent is not null)
        {
            await resources.WriteServiceEventAsync(work, serviceEvent, visit.PatientId, cancel);
            await resources.WriteVisitAsync(work, visit, serviceEvent, cancel);
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "create",
                ResourceType = visit.IsCare ? "Encounter" : "Visit",
                ResourceId = visit.Id.ToString(),
                PatientIds = [visit.PatientId],
                ControllerId = visit.ControllerId,
                Purpose = visit.IsCare ? "treatment" : "booking",
            },
            cancel);
        return visit;
    }

    private async Task<Outcome<ServiceEventFacts>> ServiceEventAsync(
        Request request, PracticeFacts practice, DateTimeOffset started, CancellationToken cancel)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(started, practice.Zone).DateTime);
        if (request.Series == SeriesChoice.Continue)
        {
            var open = request.ServiceEventId is { } id ? await TreatmentRows.ServiceEventAsync(work, id, cancel) : null;
            return open is not { Series: true, EndedAt: null } || open.PatientId != request.PatientId || open.ControllerId != request.ControllerId
                ? new Refusal(nameof(Request.ServiceEventId), "Care.Visit.SeriesGone")
                : open.Outsourcing is { } under && !under.Covers(request.PatientId, day) ? new Refusal(nameof(Request.ServiceEventId), "Care.Outsourcing.NotValid") : open;
        }

        OutsourcingFacts? outsourcing = null;
        if (request.OutsourcingId is { } wanted)
        {
            // Locked, so that one that is being ended is not begun under.
            await work.ExecuteAsync("select 1 from care.outsourcing where id = $1 for share", cancel, wanted);
            outsourcing = await Outsourcings.FindAsync(work, wanted, cancel);
            if (outsourcing is null || outsourcing.ControllerId != request.ControllerId || !outsourcing.Covers(request.PatientId, day))
            {
                return new Refusal(nameof(Request.OutsourcingId), "Care.Outsourcing.NotValid");
            }

            if (outsourcing.ServiceEventOid is { } given && await TreatmentRows.ServiceEventOfOidAsync(work, given, cancel) is { } begun)
            {
                // The organiser's event has visits here already: this one joins them.
                return begun is { EndedAt: null } && begun.PatientId == request.PatientId && begun.Outsourcing?.Id == outsourcing.Id
                    ? begun
                    : new Refusal(nameof(Request.OutsourcingId), "Care.Visit.SeriesGone");
            }
        }

        var controller = practice.Controller(request.ControllerId);
        var year = TimeZoneInfo.ConvertTime(started, practice.Zone).Year;
        // The organiser's own event goes on until the organiser ends it.
        var series = request.Series == SeriesChoice.NewSeries || outsourcing?.ServiceEventOid is not null;
        var facts = new ServiceEventFacts(
            Guid.CreateVersion7(), outsourcing?.ServiceEventOid ?? await OidIssuer.NextAsync(work, controller, OidKind.ServiceEvent, year, cancel), request.PatientId,
            controller.Id, request.PractitionerId, series, request.ServiceName, started, null, Outsourcing: outsourcing);
        await work.ExecuteAsync(
            """
            insert into care.service_event (id, oid, patient_id, controller_id, practitioner_id, series, title, started_at, outsourcing_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            cancel, facts.Id, facts.Oid, facts.PatientId, facts.ControllerId, facts.PractitionerId, facts.Series, facts.Title, facts.StartedAt, Sql.Null(outsourcing?.Id));
        return facts;
    }
}
