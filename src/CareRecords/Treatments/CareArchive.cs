using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>A service event with whose it is.</summary>
public sealed record EventOfPatient(string Oid, string PatientId, Guid ControllerId);

/// <summary>Reads what the archive's connector needs to find its way from the archive's documents back to visits.</summary>
public static class CareArchive
{
    /// <summary>Service events that began or had a visit after this time, and those still open.</summary>
    public static Task<List<EventOfPatient>> EventsSince(UnitOfWork work, DateTimeOffset since, CancellationToken cancel) => work.QueryAsync(
        """
        select e.oid, e.patient_id, e.controller_id from care.service_event e
        where e.ended_at is null or e.started_at > $1 or exists (select from care.visit v where v.service_event_id = e.id and v.started_at > $1)
        """,
        r => new EventOfPatient(r.GetString(0), r.GetString(1), r.GetGuid(2)), cancel, since.ToUniversalTime()).AsTask();

    public static async Task<Guid?> EventId(UnitOfWork work, string? oid, CancellationToken cancel) =>
        oid is null ? null : await work.ScalarAsync<Guid?>("select id from care.service_event where oid = $1", cancel, oid);

    /// <summary>The visit of a service event that has one only; null when it has several, none, or is unknown.</summary>
    public static async Task<Guid?> OnlyVisit(UnitOfWork work, string? oid, CancellationToken cancel) => oid is null
        ? null
        : await work.ScalarAsync<Guid?>(
            """
            select case when count(*) = 1 then (array_agg(v.id))[1] end from care.visit v join care.service_event e on e.id = v.service_event_id where e.oid = $1
            """, cancel, oid);
}
