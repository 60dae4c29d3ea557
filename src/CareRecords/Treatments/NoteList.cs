using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>A signed note in a list.</summary>
/// <param name="Status">final, amended, entered_in_error.</param>
public sealed record NoteRow(
    Guid Id, Guid VisitId, string PatientId, Guid ControllerId, int Version, string Status, DateOnly? ReleaseOn, DateTimeOffset SignedAt, Guid AuthorId);

/// <summary>Lists of signed notes, without content.</summary>
public static class NoteList
{
    private const string Columns = """
        select n.id, n.visit_id, n.patient_id, n.controller_id, n.current_version, n.status, n.release_on, v.signed_at, v.author_id
        from care.note n join care.note_version v on v.note_id = n.id and v.version = n.current_version
        """;

    public static Task<List<NoteRow>> OfVisitAsync(UnitOfWork work, Guid visitId, CancellationToken cancel) =>
        ReadAsync(work, " where n.visit_id = $1 order by v.signed_at", cancel, visitId);

    /// <summary>Newest first.</summary>
    public static Task<List<NoteRow>> OfPatientAsync(UnitOfWork work, string patientId, CancellationToken cancel) =>
        ReadAsync(work, " where n.patient_id = $1 order by v.signed_at desc", cancel, patientId);

    /// <summary>
    /// What the patient herself may see on this day: signed, released and not invalidated. For a minor's guardian the visit's disclosure value decides
    /// besides (no guardian access is offered yet).
    /// </summary>
    public static Task<List<NoteRow>> ReleasedAsync(UnitOfWork work, string patientId, DateOnly today, CancellationToken cancel) =>
        ReadAsync(
            work,
            " where n.patient_id = $1 and n.status <> 'entered_in_error' and (n.release_on is null or n.release_on <= $2) order by v.signed_at desc",
            cancel, patientId, today);

    public static async Task<NoteRow?> FindAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await ReadAsync(work, " where n.id = $1", cancel, id)).SingleOrDefault();

    private static Task<List<NoteRow>> ReadAsync(UnitOfWork work, string rest, CancellationToken cancel, params object?[] parameters) =>
        work.QueryAsync(
            Columns + rest,
            r => new NoteRow(
                r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetGuid(3), r.GetInt32(4), r.GetString(5),
                r.IsDBNull(6) ? null : r.GetFieldValue<DateOnly>(6), r.GetFieldValue<DateTimeOffset>(7), r.GetGuid(8)),
            cancel, parameters).AsTask();
}
