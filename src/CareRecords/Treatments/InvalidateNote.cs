using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>
/// The way back from a note signed on the wrong patient or otherwise by mistake: a new version invalidates it (the Composition becomes
/// entered-in-error, the archive is told), its text may be taken over as a draft of the right visit, and both patients' logs show it.
/// </summary>
public sealed class InvalidateNote(
    UnitOfWork work, CurrentUser user, PracticeDirectory directory, Drafts drafts, SignedNotes notes, FieldCipher cipher,
    SettleVisit settle, TreatmentResources resources, AccessLog log, TimeProvider clock, IEnumerable<IRecordSigned> listeners)
{
    public sealed record Request
    {
        public required Guid NoteId { get; init; }
        public required string Reason { get; init; }

        /// <summary>
        /// False: the patient was not treated at the note's visit, so that nothing is left to write about it and its clock ends. True: care was given, and
        /// while no other note says of it, the duty to record it is open again from the end of the visit.
        /// </summary>
        public bool CareGiven { get; init; } = true;

        /// <summary>The right patient's visit, to which the text is taken over as a draft; null drops it.</summary>
        public Guid? RightVisitId { get; init; }
    }

    /// <summary>The draft on the right visit, or null when none was asked for. The caller commits.</summary>
    public async Task<Outcome<Draft?>> HandleAsync(Request request, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > SignNote.LongestReason || !NoteRules.IsStorable(request.Reason))
        {
            return new Refusal(nameof(request.Reason), "Care.Note.ReasonNeeded");
        }

        var version = await work.ScalarAsync<int>(
            """
            update care.note set current_version = current_version + 1, status = 'entered_in_error'
            where id = $1 and status <> 'entered_in_error' returning current_version
            """,
            cancel, request.NoteId);
        if (version == 0 || await notes.FindAsync(work, request.NoteId, version - 1, cancel) is not { } wrong)
        {
            return new Refusal("", "Care.Note.Gone");
        }

        if (wrong.Author.Id != user.PractitionerId && wrong.FirstAuthor.Id != user.PractitionerId)
        {
            return new Refusal("", "Care.Note.OnlyAuthor");
        }

        var rightVisit = request.RightVisitId is { } id ? await TreatmentRows.VisitAsync(work, id, cancel) : null;
        if (request.RightVisitId is not null && rightVisit is not { IsCare: true })
        {
            return new Refusal(nameof(request.RightVisitId), "Care.Note.VisitUnknown");
        }

        await StoreAsync(wrong, version, request.Reason, cancel);
        var note = await notes.FindAsync(work, request.NoteId, version, cancel)
            ?? throw new InvalidOperationException("A note that was just invalidated cannot be read.");
        var rejected = await resources.WriteNoteAsync(work, note, cancel);
        if (rejected.Count > 0)
        {
            return Outcome.Refused<Draft?>(rejected);
        }

        foreach (var listener in listeners)
        {
            await listener.SignedAsync(
                new SignedRecord(
                    note.NoteId, version, note.Patient.PatientId, note.Controller.Id, note.Visit.Id, note.ServiceEvent.Id, SignedAct.Invalidation),
                work, cancel);
        }

        var draft = rightVisit is null ? null : await drafts.BeginAsync(
            rightVisit, note.Content, null, cancel, "taken over from a note that was signed on the wrong customer");
        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "invalidate",
                ResourceType = "Composition",
                ResourceId = note.NoteId.ToString(),
                ResourceVersion = version,
                PatientIds = [note.Patient.PatientId],
                ControllerId = note.Controller.Id,
                Purpose = "treatment",
                Detail = rightVisit is null ? "entered in error" : "entered on the wrong patient; taken over to another visit",
            },
            cancel);
        if (!request.CareGiven)
        {
            var settled = await settle.HandleAsync(note.Visit.Id, request.Reason, cancel);
            if (!settled.Done)
            {
                return Outcome.Refused<Draft?>(settled.Refusals);
            }
        }

        return draft;
    }

    private async Task StoreAsync(SignedNote wrong, int version, string reason, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var now = clock.GetUtcNow();
        var oid = await OidIssuer.NextAsync(work, wrong.Controller, OidKind.Document, now.Year, cancel);
        var scope = KeyScope.Patient(wrong.Patient.PatientId);
        await work.ExecuteAsync(
            """
            insert into care.note_version (note_id, version, document_oid, act, content, reason, author_id, written_at, signed_at, composition_version)
            values ($1, $2, $3, 'invalidation', $4, $5, $6, $7, $7, $2)
            """,
            cancel, wrong.NoteId, version, oid,
            await cipher.EncryptAsync(scope, SignedNotes.ContentPlace(wrong.NoteId, version), wrong.Content.ToBytes(), cancel),
            Sql.Null(await cipher.EncryptTextAsync(scope, SignedNotes.ReasonPlace(wrong.NoteId, version), reason, cancel)),
            user.PractitionerId ?? wrong.Author.Id, now);
    }
}
