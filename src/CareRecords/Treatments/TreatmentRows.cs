using CareRecords.Database;
using Npgsql;

namespace CareRecords.Treatments;

/// <summary>Reads visits and service events; callers have checked the right to see them.</summary>
public static class TreatmentRows
{
    private const string VisitColumns = """
        select id, patient_id, appointment_id, service_event_id, controller_id, practitioner_id, service_name, is_care, contact_mode,
          started_at, ended_at, zone, guardian_disclosure
        from care.visit
        """;

    public static async Task<VisitFacts?> VisitAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(VisitColumns + " where id = $1", ReadVisit, cancel, id)).SingleOrDefault();

    public static async Task<VisitFacts?> VisitOfAppointmentAsync(UnitOfWork work, Guid appointmentId, CancellationToken cancel) =>
        (await work.QueryAsync(VisitColumns + " where appointment_id = $1", ReadVisit, cancel, appointmentId)).SingleOrDefault();

    /// <summary>Newest first.</summary>
    public static Task<List<VisitFacts>> VisitsOfPatientAsync(UnitOfWork work, string patientId, CancellationToken cancel) =>
        work.QueryAsync(VisitColumns + " where patient_id = $1 order by started_at desc", ReadVisit, cancel, patientId).AsTask();

    public static async Task<ServiceEventFacts?> ServiceEventAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(ServiceEventColumns + " where id = $1", ReadServiceEvent, cancel, id)).SingleOrDefault();

    /// <summary>Open treatment series of this patient with this controller, newest first.</summary>
    public static Task<List<ServiceEventFacts>> OpenSeriesAsync(UnitOfWork work, string patientId, Guid controllerId, CancellationToken cancel) =>
        work.QueryAsync(
            ServiceEventColumns + " where patient_id = $1 and controller_id = $2 and series and ended_at is null order by started_at desc",
            ReadServiceEvent, cancel, patientId, controllerId).AsTask();

    private const string ServiceEventColumns =
        "select id, oid, patient_id, controller_id, practitioner_id, series, title, started_at, ended_at from care.service_event";

    private static VisitFacts ReadVisit(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.IsDBNull(3) ? null : r.GetGuid(3), r.GetGuid(4), r.GetGuid(5),
        r.GetString(6), r.GetBoolean(7), r.GetString(8), r.GetFieldValue<DateTimeOffset>(9),
        r.IsDBNull(10) ? null : r.GetFieldValue<DateTimeOffset>(10), r.GetString(11), r.IsDBNull(12) ? null : r.GetInt16(12));

    private static ServiceEventFacts ReadServiceEvent(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetGuid(3), r.GetGuid(4), r.GetBoolean(5), r.GetString(6),
        r.GetFieldValue<DateTimeOffset>(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8));
}
