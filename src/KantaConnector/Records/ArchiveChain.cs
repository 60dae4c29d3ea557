using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Documents;

namespace KantaConnector.Records;

/// <summary>
/// The place of a note's version in the archive's chain of documents. It is the note's own chain unless the archive refused an earlier version for
/// its content: that one was never archived, so the version after it is new there, not a replacement.
/// </summary>
internal sealed record ArchiveChain(string SetId, int Version, PreviousVersion? Replaces)
{
    public CareDocument ApplyTo(CareDocument document) => document with
    {
        Facts = document.Facts with
        {
            SetId = SetId,
            Version = Version,
            Replaces = Replaces,
            ReplacementReason = Replaces is null ? null : document.Facts.ReplacementReason,
        },
    };

    /// <summary>After the newest version before this one that the archive has or may still get.</summary>
    public static async Task<ArchiveChain> OfNote(UnitOfWork work, SignedNote note, CancellationToken cancel)
    {
        var before = await work.QueryAsync(
            """
            select oid, set_id, version from kanta.document
            where note_id = $1 and kind = 'care' and state in ('queued', 'archived', 'refused')
              -- one without a version of the note is known from the archive only
              and (note_version < $2 or note_version is null)
            order by version desc limit 1
            """,
            reader => (Oid: reader.GetString(0), Set: reader.GetString(1), Version: reader.GetInt32(2)), cancel, note.NoteId, note.Version);
        return before.Count == 0
            ? new ArchiveChain(note.DocumentOid, 1, null)
            : new ArchiveChain(before[0].Set, before[0].Version + 1, new PreviousVersion(before[0].Oid, before[0].Version));
    }

    /// <summary>
    /// Closes what the archive will never hold because its content was refused, or was not fit to be sent, once a later version of the note takes its
    /// place. Documents whose fate is open stay as they are.
    /// </summary>
    public static async Task<int> Supersede(UnitOfWork work, Guid noteId, int by, CancellationToken cancel) => await work.ExecuteAsync(
        """
        update kanta.document set state = 'superseded', finished_at = clock_timestamp()
        where note_id = $1 and note_version < $2 and kind = 'care' and state = 'refused' and (content_refused or signed_at is null)
        """, cancel, noteId, by);
}
