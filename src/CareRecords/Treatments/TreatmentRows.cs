using CareRecords.Database;
using Npgsql;

namespace CareRecords.Treatments;

/// <summary>Reads visits and service events; callers have checked the right to see them.</summary>
public static class TreatmentRows
{
    internal const string VisitColumns = """
        v.id, v.patient_id, v.appointment_id, v.service_event_id, v.controller_id, v.practitioner_id, v.service_name, v.is_care, v.contact_mode,
          v.started_at, v.ended_at, v.zone, v.guardian_disclosure
        """;

    private const string Visits = $"select {VisitColumns} from care.visit v";

    public static async Task<VisitFacts?> VisitAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(Visits + " where id = $1", ReadVisit, cancel, id)).SingleOrDefault();

    public static async Task<VisitFacts?> VisitOfAppointmentAsync(UnitOfWork work, Guid appointmentId, CancellationToken cancel) =>
        (await work.QueryAsync(Visits + " where appointment_id = $1", ReadVisit, cancel, appointmentId)).SingleOrDefault();

    /// <summary>Newest first, without those that were taken back.</summary>
    public static Task<List<VisitFacts>> VisitsOfPatientAsync(UnitOfWork work, string patientId, CancellationToken cancel) =>
        work.QueryAsync(Visits + " where patient_id = $1 and taken_back_at is null order by started_at desc", ReadVisit, cancel, patientId).AsTask();

    /// <summary>Those that there are, in no order.</summary>
    public static Task<List<VisitFacts>> VisitsAsync(UnitOfWork work, IReadOnlyCollection<Guid> ids, CancellationToken cancel) =>
        work.QueryAsync(Visits + " where id = any($1)", ReadVisit, cancel, ids.ToArray()).AsTask();

    /// <summary>Care or wellness visits of a controller that began after this time, newest first.</summary>
    public static Task<List<VisitFacts>> RecentVisitsAsync(UnitOfWork work, Guid controllerId, bool care, DateTimeOffset since, int limit, CancellationToken cancel) =>
        work.QueryAsync(
            Visits + " where controller_id = $1 and is_care = $4 and taken_back_at is null and started_at > $2 order by started_at desc limit $3", ReadVisit, cancel,
            controllerId, since.ToUniversalTime(), limit, care).AsTask();

    public static async Task<ServiceEventFacts?> ServiceEventAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(ServiceEventColumns + " where e.id = $1", ReadServiceEvent, cancel, id)).SingleOrDefault();

    internal static async Task<ServiceEventFacts?> ServiceEventOfOidAsync(UnitOfWork work, string oid, CancellationToken cancel) =>
        (await work.QueryAsync(ServiceEventColumns + " where e.oid = $1", ReadServiceEvent, cancel, oid)).SingleOrDefault();

    /// <summary>Open treatment series of this patient with this controller, newest first.</summary>
    public static Task<List<ServiceEventFacts>> OpenSeriesAsync(UnitOfWork work, string patientId, Guid controllerId, CancellationToken cancel) =>
        work.QueryAsync(
            ServiceEventColumns + " where e.patient_id = $1 and e.controller_id = $2 and e.series and e.ended_at is null order by e.started_at desc",
            ReadServiceEvent, cancel, patientId, controllerId).AsTask();

    private const string ServiceEventColumns =
        $"""
        select e.id, e.oid, e.patient_id, e.controller_id, e.practitioner_id, e.series, e.title, e.started_at, e.ended_at, e.invalidated_at is not null,
          {Outsourcings.Columns} from care.service_event e left join care.outsourcing o on o.id = e.outsourcing_id
        """;

    internal static VisitFacts ReadVisit(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.IsDBNull(3) ? null : r.GetGuid(3), r.GetGuid(4), r.GetGuid(5),
        r.GetString(6), r.GetBoolean(7), r.GetString(8), r.GetFieldValue<DateTimeOffset>(9),
        r.IsDBNull(10) ? null : r.GetFieldValue<DateTimeOffset>(10), r.GetString(11), r.IsDBNull(12) ? null : r.GetInt16(12));

    private static ServiceEventFacts ReadServiceEvent(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetGuid(3), r.GetGuid(4), r.GetBoolean(5), r.GetString(6),
        r.GetFieldValue<DateTimeOffset>(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8), r.GetBoolean(9),
        r.IsDBNull(10) ? null : Outsourcings.Read(r, 10));
}
