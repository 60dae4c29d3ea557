using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Terminology;

namespace CareRecords.Treatments;

/// <summary>
/// Signs a draft, in one transaction: the note version with its document OID, the FHIR resources checked against our profiles, what the archive
/// connector stores, and the log leaf. No certificate is needed. Correcting a signed note is signing a draft that names it.
/// </summary>
public sealed class SignNote(
    UnitOfWork work, CurrentUser user, PracticeDirectory directory, Drafts drafts, People people, SignedNotes notes, FieldCipher cipher,
    TreatmentResources resources, CodeTables codes, AccessLog log, TimeProvider clock, IEnumerable<IRecordSigned> listeners)
{
    /// <summary>Longest reason for a correction or an invalidation, in characters.</summary>
    public const int LongestReason = 500;

    /// <summary>The signed note's id and version.</summary>
    public sealed record Key(Guid NoteId, int Version);

    /// <summary>
    /// Signs the author's own draft as it stands at <paramref name="revision"/>. The caller commits on success and rolls back on a refusal.
    /// </summary>
    /// <param name="key">Idempotency key of the form: signing twice with one key gives the first result.</param>
    public async Task<Outcome<Key>> HandleAsync(Guid draftId, int revision, Guid key, CancellationToken cancel)
    {
        if (await Idempotency.ClaimAsync(work, key, nameof(SignNote), cancel) is { } before)
        {
            var parts = before.Split('/');
            return parts.Length == 2 ? new Key(Guid.Parse(parts[0]), int.Parse(parts[1], null)) : new Refusal("", "Care.Note.DraftGone");
        }

        await work.ExecuteAsync("select 1 from care.note_draft where id = $1 for update", cancel, draftId);
        if (await drafts.FindAsync(draftId, cancel) is not { } draft)
        {
            return new Refusal("", "Care.Note.DraftGone");
        }

        if (draft.Revision != revision)
        {
            return new Refusal("", "Care.Note.ChangedElsewhere");
        }

        if (await TreatmentRows.VisitAsync(work, draft.VisitId, cancel) is not { ServiceEventId: { } eventId } visit)
        {
            return new Refusal("", "Care.Note.NotCare");
        }

        if (await TreatmentRows.ServiceEventAsync(work, eventId, cancel) is { Invalidated: true })
        {
            return new Refusal("", "Care.Event.Gone");
        }

        if (await RenewServiceEvent.IsUnderFormerCodeAsync(work, eventId, cancel))
        {
            return new Refusal("", "Care.Event.FormerCode");
        }

        // The codes are those that are valid on the day of care, also when a table was imported after the draft was begun.
        var template = await codes.TemplateAsync(draft.Content.TemplateId, visit.CareDay(), cancel);
        var content = draft.Content with
        {
            View = template?.View ?? draft.Content.View,
            RetentionClass = template?.RetentionClass,
            Headings = [.. draft.Content.Headings.Where(h => !h.IsEmpty)],
        };
        var (tables, day) = (await codes.GetAsync(cancel), visit.CareDay());
        var refusals = NoteRules.Check(draft.Content, template, reason => ReasonCodes.Find(tables, reason.System, reason.Code, day) is not null);
        refusals.AddRange(await CheckPersonAsync(visit, draft, cancel));
        if (refusals.Count > 0)
        {
            return Outcome.Refused<Key>(refusals);
        }

        var signed = await StoreAsync(draft, visit, eventId, content, cancel);
        var note = await notes.FindAsync(work, signed.NoteId, signed.Version, cancel)
            ?? throw new InvalidOperationException("A note that was just signed cannot be read.");
        var rejected = await resources.WriteNoteAsync(work, note, cancel);
        if (rejected.Count > 0)
        {
            return Outcome.Refused<Key>(rejected.ConvertAll(r => r with { Field = InDraft(r.Field, draft.Content) }));
        }

        await drafts.RemoveAsync(draft.Id, cancel);
        foreach (var listener in listeners)
        {
            await listener.SignedAsync(
                new SignedRecord(note.NoteId, note.Version, visit.PatientId, visit.ControllerId, visit.Id, eventId, note.Act), work, cancel);
        }

        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "sign",
                ResourceType = "Composition",
                ResourceId = note.NoteId.ToString(),
                ResourceVersion = note.Version,
                PatientIds = [visit.PatientId],
                ControllerId = visit.ControllerId,
                Purpose = "treatment",
                Detail = note.Act == SignedAct.Correction ? "correction" : null,
            },
            cancel);
        await Idempotency.CompleteAsync(work, key, $"{signed.NoteId}/{signed.Version}", cancel);
        return signed;
    }

    /// <summary>The note that was signed from this draft; null while it is none.</summary>
    public static async Task<Guid?> OfDraftAsync(UnitOfWork work, Guid draftId, CancellationToken cancel) =>
        await work.ScalarAsync<Guid?>("select note_id from care.note_version where draft_id = $1", cancel, draftId);

    // Resources are made from the headings that hold something; the form counts all.
    private static string InDraft(string field, NoteContent content)
    {
        const string Prefix = "Headings[";
        var end = field.IndexOf(']', StringComparison.Ordinal);
        if (!field.StartsWith(Prefix, StringComparison.Ordinal) || !int.TryParse(field.AsSpan(Prefix.Length, end - Prefix.Length), out var index))
        {
            return field;
        }

        var heading = content.Headings.Where(h => !h.IsEmpty).ElementAt(index);
        return $"{Prefix}{content.Headings.ToList().IndexOf(heading)}{field[end..]}";
    }

    private async Task<List<Refusal>> CheckPersonAsync(VisitFacts visit, Draft draft, CancellationToken cancel)
    {
        var refusals = new List<Refusal>();
        if (await people.FindAsync(work, visit.PatientId, cancel) is not { } person)
        {
            refusals.Add(new("Person", "Care.Note.PersonMissing"));
        }
        else if (PortalView.IsMinor(visit, person.BirthDate) && visit.GuardianDisclosure is null)
        {
            refusals.Add(new("GuardianDisclosure", "Care.Note.GuardianNeeded"));
        }

        if (draft.CorrectsNote is not null && (string.IsNullOrWhiteSpace(draft.Reason) || draft.Reason.Length > LongestReason || !NoteRules.IsStorable(draft.Reason)))
        {
            refusals.Add(new("Reason", "Care.Note.ReasonNeeded"));
        }

        if (draft.CorrectsNote is { } note && await work.ScalarAsync<int>(
            "select current_version from care.note where id = $1 and status <> 'entered_in_error' for update", cancel, note) != draft.CorrectsVersion)
        {
            refusals.Add(new("", "Care.Note.CorrectedMeanwhile"));
        }

        return refusals;
    }

    private async Task<Key> StoreAsync(Draft draft, VisitFacts visit, Guid eventId, NoteContent content, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var now = clock.GetUtcNow();
        var oid = await OidIssuer.NextAsync(work, practice.Controller(visit.ControllerId), OidKind.Document, now.Year, cancel);
        var noteId = draft.CorrectsNote ?? Guid.CreateVersion7();
        var version = 1;
        if (draft.CorrectsNote is null)
        {
            await work.ExecuteAsync(
                """
                insert into care.note (id, visit_id, service_event_id, patient_id, controller_id, set_id, current_version, status, release_on)
                values ($1, $2, $3, $4, $5, $6, 1, 'final', $7)
                """,
                cancel, noteId, visit.Id, eventId, visit.PatientId, visit.ControllerId, oid, Sql.Null(content.ReleaseOn));
        }
        else
        {
            version = await work.ScalarAsync<int>(
                "update care.note set current_version = current_version + 1, status = 'amended', release_on = $2 where id = $1 returning current_version",
                cancel, noteId, Sql.Null(content.ReleaseOn));
        }

        var scope = KeyScope.Patient(visit.PatientId);
        await work.ExecuteAsync(
            """
            insert into care.note_version (note_id, version, document_oid, act, content, reason, author_id, written_at, signed_at, composition_version,
              draft_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $2, $10)
            """,
            cancel, noteId, version, oid, version == 1 ? "new" : "correction",
            await cipher.EncryptAsync(scope, SignedNotes.ContentPlace(noteId, version), content.ToBytes(), cancel),
            Sql.Null(await cipher.EncryptTextAsync(scope, SignedNotes.ReasonPlace(noteId, version), draft.Reason, cancel)),
            user.PractitionerId ?? draft.AuthorId, draft.SavedAt, now, draft.Id);
        return new Key(noteId, version);
    }
}
