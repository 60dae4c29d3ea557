using Booking.Attention;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;

namespace Booking.Treatments;

/// <summary>How far a note has come on its way to the archive.</summary>
/// <param name="Word">none, queued, sending, archived, waiting, attention, handled.</param>
/// <param name="ReasonKey">The text that says why it waits or needs attention; null otherwise.</param>
/// <param name="DocumentId">The document that needs attention.</param>
internal sealed record ArchiveState(Guid NoteId, string Word, string? ReasonKey, Guid? DocumentId = null)
{
    /// <summary>It will change without anybody's doing.</summary>
    public bool Changing => Word is "queued" or "sending" or "waiting";

    public string Look => Word switch { "archived" => "ok", "attention" => "stop", "sending" => "info", "none" => "none", _ => "wait" };

    public string Icon => Word switch { "archived" => "check", "attention" => "attention", "sending" => "send", _ => "clock" };
}

/// <summary>Asks the connector about notes.</summary>
internal sealed class ArchiveStates(UnitOfWork work)
{
    public async Task<ArchiveState> OfNoteAsync(Guid noteId, int version, CancellationToken cancel) =>
        await OfAsync(noteId, (await Submissions.OfNoteAsync(work, noteId, cancel)).LastOrDefault(s => s.NoteVersion == version), cancel);

    /// <summary>Of an informing, a permission or a denial: of its last version.</summary>
    public async Task<ArchiveState> OfInformingAsync(Guid id, CancellationToken cancel) =>
        await OfAsync(id, await Submissions.OfInformingAsync(work, id, cancel) is [.., var last] ? last : null, cancel);

    private async Task<ArchiveState> OfAsync(Guid noteId, SubmissionStatus? status, CancellationToken cancel)
    {
        if (status is null)
        {
            return new ArchiveState(noteId, "none", null);
        }

        if (status.State != SubmissionState.Queued)
        {
            return status.State switch
            {
                SubmissionState.Sending => new ArchiveState(noteId, "sending", null),
                SubmissionState.NeedsAttention => new ArchiveState(noteId, "attention", PlainReasons.Of(status)[0].WhyKey, status.Id),
                SubmissionState.HandledElsewhere or SubmissionState.Superseded => new ArchiveState(noteId, "handled", null),
                _ => new ArchiveState(noteId, "archived", null),
            };
        }

        var way = await Submissions.WayAsync(work, cancel);
        return PlainReasons.OfWay(way.Hold, way.Fault) is { } reason
            ? new ArchiveState(noteId, "waiting", reason)
            : new ArchiveState(noteId, "queued", null);
    }

    public async Task<List<(NoteRow Note, ArchiveState State)>> OfNotesAsync(IEnumerable<NoteRow> notes, CancellationToken cancel)
    {
        var states = new List<(NoteRow, ArchiveState)>();
        foreach (var note in notes)
        {
            states.Add((note, await OfNoteAsync(note.Id, note.Version, cancel)));
        }

        return states;
    }
}
