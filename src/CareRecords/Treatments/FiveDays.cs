using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>A care visit and how far its record has come; times UTC.</summary>
/// <param name="Drafts">How many drafts are begun.</param>
/// <param name="Notes">Signed notes of the visit with their current version.</param>
public sealed record VisitProgress(VisitFacts Visit, int Drafts, IReadOnlyList<(Guid NoteId, int Version)> Notes)
{
    /// <summary>Entries are to be made and sent within five days of the visit's end; a visit still open counts from its start.</summary>
    public DateTimeOffset Deadline => (Visit.EndedAt ?? Visit.StartedAt).AddDays(5);
}

/// <summary>The clock of five days per visit, whether or not a note exists. Source: the recording duty as kanta.fi's professionals' pages state it.</summary>
public static class FiveDays
{
    /// <summary>Care visits of a controller from the last <paramref name="days"/> days, oldest first.</summary>
    public static async Task<List<VisitProgress>> ProgressAsync(
        UnitOfWork work, Guid controllerId, DateTimeOffset now, int days, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            """
            select v.id, (select count(*)::int from care.note_draft d where d.visit_id = v.id),
              array(select n.id from care.note n where n.visit_id = v.id order by n.id),
              array(select n.current_version from care.note n where n.visit_id = v.id order by n.id)
            from care.visit v where v.controller_id = $1 and v.is_care and v.started_at > $2 order by v.started_at
            """,
            r => (Id: r.GetGuid(0), Drafts: r.GetInt32(1), Notes: r.GetFieldValue<Guid[]>(2), Versions: r.GetFieldValue<int[]>(3)), cancel,
            controllerId, now.AddDays(-days));
        var progress = new List<VisitProgress>(rows.Count);
        foreach (var row in rows)
        {
            if (await TreatmentRows.VisitAsync(work, row.Id, cancel) is { } visit)
            {
                progress.Add(new VisitProgress(visit, row.Drafts, [.. row.Notes.Zip(row.Versions)]));
            }
        }

        return progress;
    }
}
