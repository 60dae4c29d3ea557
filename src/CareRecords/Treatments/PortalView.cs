using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>A released note as its patient reads it: the wording in force and those that it replaced, newest first.</summary>
public sealed record PortalNote(SignedNote Current, IReadOnlyList<SignedNote> Earlier);

/// <summary>
/// What an account that is linked to a card shows of its care. Whose account a minor's is cannot be known, so it counts as a guardian's: a visit is
/// shown when the guardian value recorded for it is 1 or 2, and nothing of it before. The same rule marks the FHIR resources.
/// </summary>
public sealed class PortalView(UnitOfWork work, People people, SignedNotes notes)
{
    /// <summary>Whether the patient was under 18 when this visit began.</summary>
    public static bool IsMinor(VisitFacts visit, DateOnly birth) => birth.AddYears(18) > DateOnly.FromDateTime(
        TimeZoneInfo.ConvertTime(visit.StartedAt, TimeZoneInfo.FindSystemTimeZoneById(visit.Zone)).DateTime);

    /// <summary>Whether the visit is shown; an unknown birth date may be a minor's.</summary>
    public static bool Shows(VisitFacts visit, DateOnly? birth) =>
        !visit.IsCare || (birth is { } date && !IsMinor(visit, date)) || visit.GuardianDisclosure is 1 or 2;

    /// <summary>Visits of the patient that are shown, newest first, and whether there are others.</summary>
    public async Task<(IReadOnlyList<VisitFacts> Shown, bool Hides)> VisitsAsync(string patientId, CancellationToken cancel)
    {
        var visits = await TreatmentRows.VisitsOfPatientAsync(work, patientId, cancel);
        var birth = (await people.FindAsync(work, patientId, cancel))?.BirthDate;
        var shown = visits.Where(v => Shows(v, birth)).ToList();
        return (shown, shown.Count < visits.Count);
    }

    /// <summary>
    /// Informing, permissions and denials, newest first; of somebody under 18 none, since the account may be a guardian's and a denial may name a visit that
    /// is hidden. The caller logs the read.
    /// </summary>
    public async Task<IReadOnlyList<InformingFacts>> WillsAsync(string patientId, DateOnly today, CancellationToken cancel) =>
        (await people.FindAsync(work, patientId, cancel))?.BirthDate.AddYears(18) <= today ? await RecordInforming.AllAsync(work, patientId, cancel) : [];

    /// <summary>Signed, released and not invalidated notes of these visits, newest first. The caller logs the read.</summary>
    public async Task<IReadOnlyList<PortalNote>> NotesAsync(
        string patientId, IReadOnlyList<VisitFacts> shown, DateOnly today, CancellationToken cancel)
    {
        var ids = shown.Select(v => v.Id).ToHashSet();
        var released = new List<PortalNote>();
        foreach (var row in (await NoteList.ReleasedAsync(work, patientId, today, cancel)).Where(r => ids.Contains(r.VisitId)))
        {
            var versions = new List<SignedNote>();
            for (var version = row.Version; version >= 1; version--)
            {
                if (await notes.FindAsync(work, row.Id, version, cancel) is { } note)
                {
                    versions.Add(note);
                }
            }

            if (versions.Count > 0 && versions[0].Version == row.Version)
            {
                released.Add(new PortalNote(versions[0], versions[1..]));
            }
        }

        return released;
    }

    /// <summary>
    /// Brings the marks of the patient's stored resources up to date after something that the rule rests on was learnt: birth date or guardian value.
    /// In the open transaction.
    /// </summary>
    internal async Task MarkAsync(string patientId, CancellationToken cancel)
    {
        var birth = (await people.FindAsync(work, patientId, cancel))?.BirthDate;
        var events = new Dictionary<Guid, bool>();
        foreach (var visit in (await TreatmentRows.VisitsOfPatientAsync(work, patientId, cancel)).Where(v => v.IsCare))
        {
            var shows = Shows(visit, birth);
            events[visit.ServiceEventId!.Value] = shows || events.GetValueOrDefault(visit.ServiceEventId.Value);
            var zone = visit.Zone;
            foreach (var table in Tables)
            {
                await work.ExecuteAsync(
                    $"""
                    update {table} r set patient_sees_from = case when $3 then coalesce(
                      (select n.release_on::timestamp at time zone $4 from care.note n where n.visit_id = $2 and r.id like n.id::text || '%'), 'epoch') end
                    where r.patient_id = $1 and (r.id = $2::text or exists (
                      select from care.note n where n.visit_id = $2 and r.id like n.id::text || '%'))
                    """,
                    cancel, patientId, visit.Id, shows, zone);
            }
        }

        foreach (var (id, shows) in events)
        {
            foreach (var table in Tables)
            {
                await work.ExecuteAsync(
                    $"update {table} set patient_sees_from = case when $3 then 'epoch'::timestamptz end where patient_id = $1 and id = $2", cancel,
                    patientId, id.ToString(), shows);
            }
        }
    }

    private static readonly string[] Tables = ["care.resource", "care.resource_version"];
}
