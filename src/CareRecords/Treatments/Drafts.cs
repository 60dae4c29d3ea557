using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>A draft note; private to its author, encrypted, never sent anywhere.</summary>
/// <param name="Revision">Raised by each save; a save with an older one is a conflict, so a second tab loses nothing.</param>
/// <param name="CorrectsNote">The signed note that this draft corrects, or null.</param>
/// <param name="CorrectsVersion">The version that the correction was begun from.</param>
public sealed record Draft(
    Guid Id, Guid VisitId, string PatientId, Guid AuthorId, Guid? CorrectsNote, string? Reason, NoteContent Content, int Revision,
    DateTimeOffset BegunAt, DateTimeOffset SavedAt, int? CorrectsVersion = null);

/// <summary>Begins, saves, reads and drops drafts. Only the author reaches them; to anybody else they do not exist.</summary>
public sealed class Drafts(UnitOfWork work, CurrentUser user, FieldCipher cipher, AccessLog log, TimeProvider clock)
{
    /// <summary>What a save did.</summary>
    public enum SaveResult
    {
        Saved,

        /// <summary>Another tab saved in between; nothing was overwritten.</summary>
        Conflict,

        /// <summary>Unknown, another's, or signed already.</summary>
        Gone,
    }

    /// <param name="corrects">The signed note and its version that the draft corrects; the author's own open correction of it is returned instead of a second.</param>
    /// <param name="detail">Stands in the log.</param>
    public async Task<Draft> BeginAsync(
        VisitFacts visit, NoteContent content, SignNote.Key? corrects, CancellationToken cancel, string? detail = null)
    {
        if (corrects is not null && (await OfVisitAsync(visit.Id, cancel)).Find(d => d.CorrectsNote == corrects.NoteId && d.CorrectsVersion == corrects.Version) is { } open)
        {
            return open;
        }

        var now = clock.GetUtcNow();
        var draft = new Draft(
            Guid.CreateVersion7(), visit.Id, visit.PatientId, visit.PractitionerId, corrects?.NoteId, null, content, 1, now, now, corrects?.Version);
        var author = user.PractitionerId ?? throw new InvalidOperationException("Only a practitioner begins a note.");
        var scope = KeyScope.Patient(visit.PatientId);
        await work.ExecuteAsync(
            """
            insert into care.note_draft (id, visit_id, patient_id, author_id, corrects_note, corrects_version, content, revision, begun_at, saved_at)
            values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
            """,
            cancel, draft.Id, visit.Id, visit.PatientId, author, Sql.Null(corrects?.NoteId), Sql.Null(corrects?.Version),
            await cipher.EncryptAsync(scope, ContentPlace(draft.Id), content.ToBytes(), cancel), now);
        await RecordAsync("create", draft, cancel, detail);
        return draft with { AuthorId = author };
    }

    /// <summary>Stores the content if the draft still stands at <paramref name="revision"/>.</summary>
    public async Task<SaveResult> SaveAsync(Guid id, int revision, NoteContent content, string? reason, CancellationToken cancel)
    {
        var patientId = await work.ScalarAsync<string>(
            "select patient_id from care.note_draft where id = $1 and author_id = $2 for update", cancel, id, user.PractitionerId ?? Guid.Empty);
        if (patientId is null)
        {
            return SaveResult.Gone;
        }

        var scope = KeyScope.Patient(patientId);
        var saved = await work.ExecuteAsync(
            "update care.note_draft set content = $3, reason = $4, revision = revision + 1, saved_at = $5 where id = $1 and revision = $2",
            cancel, id, revision, await cipher.EncryptAsync(scope, ContentPlace(id), content.ToBytes(), cancel),
            Sql.Null(await cipher.EncryptTextAsync(scope, ReasonPlace(id), reason, cancel)), clock.GetUtcNow());
        return saved == 1 ? SaveResult.Saved : SaveResult.Conflict;
    }

    /// <summary>The author's own draft, or null. The caller logs the read.</summary>
    public async Task<Draft?> FindAsync(Guid id, CancellationToken cancel)
    {
        var drafts = await ReadAsync("id = $1 and author_id = $2", cancel, id, user.PractitionerId ?? Guid.Empty);
        return drafts.SingleOrDefault();
    }

    /// <summary>The author's drafts of a visit.</summary>
    public Task<List<Draft>> OfVisitAsync(Guid visitId, CancellationToken cancel) =>
        ReadAsync("visit_id = $1 and author_id = $2", cancel, visitId, user.PractitionerId ?? Guid.Empty);

    /// <summary>Drops the author's own draft; false when there is none.</summary>
    public async Task<bool> DropAsync(Guid id, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } draft)
        {
            return false;
        }

        await RemoveAsync(id, cancel);
        await RecordAsync("delete", draft, cancel);
        return true;
    }

    internal async Task RemoveAsync(Guid id, CancellationToken cancel) =>
        await work.ExecuteAsync("delete from care.note_draft where id = $1", cancel, id);

    private async Task<List<Draft>> ReadAsync(string condition, CancellationToken cancel, params object?[] parameters)
    {
        var rows = await work.QueryAsync(
            "select id, visit_id, patient_id, author_id, corrects_note, reason, content, revision, begun_at, saved_at, corrects_version from care.note_draft where "
            + condition + " order by begun_at",
            r => (
                Id: r.GetGuid(0), Visit: r.GetGuid(1), Patient: r.GetString(2), Author: r.GetGuid(3), Corrects: r.IsDBNull(4) ? (Guid?)null : r.GetGuid(4),
                Reason: r.IsDBNull(5) ? null : r.GetFieldValue<byte[]>(5), Content: r.GetFieldValue<byte[]>(6), Revision: r.GetInt32(7),
                Begun: r.GetFieldValue<DateTimeOffset>(8), Saved: r.GetFieldValue<DateTimeOffset>(9), Version: r.IsDBNull(10) ? (int?)null : r.GetInt32(10)),
            cancel, parameters);
        var drafts = new List<Draft>(rows.Count);
        foreach (var row in rows)
        {
            if (await cipher.DecryptAsync(ContentPlace(row.Id), row.Content, cancel) is { } content)
            {
                drafts.Add(new Draft(
                    row.Id, row.Visit, row.Patient, row.Author, row.Corrects, await cipher.DecryptTextAsync(ReasonPlace(row.Id), row.Reason, cancel),
                    NoteContent.FromBytes(content), row.Revision, row.Begun, row.Saved, row.Version));
            }
        }

        return drafts;
    }

    private ValueTask RecordAsync(string interaction, Draft draft, CancellationToken cancel, string? detail = null) => log.RecordAsync(
        work,
        new AccessEntry
        {
            Interaction = interaction,
            ResourceType = "Draft",
            ResourceId = draft.Id.ToString(),
            PatientIds = [draft.PatientId],
            Purpose = "treatment",
            Detail = detail,
        },
        cancel);

    private static FieldPlace ContentPlace(Guid id) => new("care.note_draft.content", id.ToString("N"));

    private static FieldPlace ReasonPlace(Guid id) => new("care.note_draft.reason", id.ToString("N"));
}
