using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>Reads a signed version with everything that a document about it states. For the archive connector and for pages.</summary>
public sealed class SignedNotes(FieldCipher cipher, People people, ICustomerCards cards, PracticeDirectory directory)
{
    /// <summary>The version, or null when the note, the version or a data key is gone.</summary>
    public async Task<SignedNote?> FindAsync(UnitOfWork work, Guid noteId, int version, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            """
            select v.document_oid, n.set_id, v.act, v.content, v.reason, v.author_id, v.written_at, v.signed_at, n.patient_id, n.controller_id,
              n.visit_id, n.service_event_id, p.document_oid, f.author_id, f.written_at
            from care.note_version v
            join care.note n on n.id = v.note_id
            join care.note_version f on f.note_id = v.note_id and f.version = 1
            left join care.note_version p on p.note_id = v.note_id and p.version = v.version - 1
            where v.note_id = $1 and v.version = $2
            """,
            r => (
                Oid: r.GetString(0), SetId: r.GetString(1), Act: Enum.Parse<SignedAct>(r.GetString(2), ignoreCase: true),
                Content: r.GetFieldValue<byte[]>(3), Reason: r.IsDBNull(4) ? null : r.GetFieldValue<byte[]>(4), Author: r.GetGuid(5),
                Written: r.GetFieldValue<DateTimeOffset>(6), Signed: r.GetFieldValue<DateTimeOffset>(7), Patient: r.GetString(8),
                Controller: r.GetGuid(9), Visit: r.GetGuid(10), Event: r.GetGuid(11), Previous: r.IsDBNull(12) ? null : r.GetString(12),
                FirstAuthor: r.GetGuid(13), FirstWritten: r.GetFieldValue<DateTimeOffset>(14)),
            cancel, noteId, version);
        if (rows.Count == 0)
        {
            return null;
        }

        var row = rows[0];
        var content = await cipher.DecryptAsync(ContentPlace(noteId, version), row.Content, cancel);
        var reason = await cipher.DecryptTextAsync(ReasonPlace(noteId, version), row.Reason, cancel);
        var patient = await people.FindAsync(work, row.Patient, cancel);
        var author = await cards.PractitionerAsync(row.Author, work, cancel);
        var firstAuthor = row.FirstAuthor == row.Author ? author : await cards.PractitionerAsync(row.FirstAuthor, work, cancel);
        var visit = await TreatmentRows.VisitAsync(work, row.Visit, cancel);
        var serviceEvent = await TreatmentRows.ServiceEventAsync(work, row.Event, cancel);
        if (content is null || patient is null || author is null || firstAuthor is null || visit is null || serviceEvent is null)
        {
            return null;
        }

        var practice = await directory.GetAsync(cancel);
        var read = NoteContent.FromBytes(content);
        var colleague = read.MadeWith is { } second ? await cards.PractitionerAsync(second, work, cancel) : null;
        var typist = read.TypedBy is { } typing ? await cards.PractitionerAsync(typing, work, cancel) : null;
        return new SignedNote(
            noteId, version, row.Act, row.Oid, row.SetId, row.Previous is null ? null : new PreviousDocument(row.Previous, version - 1), reason,
            read, row.Written, row.Signed, row.FirstWritten, author, firstAuthor, patient, visit, serviceEvent,
            practice.Controller(row.Controller), colleague, typist);
    }

    internal static FieldPlace ContentPlace(Guid noteId, int version) => new("care.note_version.content", $"{noteId:N}/{version}");

    internal static FieldPlace ReasonPlace(Guid noteId, int version) => new("care.note_version.reason", $"{noteId:N}/{version}");
}
