using Booking.Attention;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;

namespace Booking.Treatments;

/// <summary>How far a note or an appointment has come on its way to the archive.</summary>
/// <param name="Id">The note or the appointment.</param>
/// <param name="Word">none, queued, sending, archived, waiting, attention, handled.</param>
/// <param name="ReasonKey">The text that says why it waits or needs attention; null otherwise.</param>
/// <param name="DocumentId">The document that needs attention.</param>
internal sealed record ArchiveState(Guid Id, string Word, string? ReasonKey, Guid? DocumentId = null)
{
    /// <summary>It will change without anybody's doing.</summary>
    public bool Changing => Word is "queued" or "sending" or "waiting";

    /// <summary>The page that answers with the state alone.</summary>
    public string Page { get; init; } = "/Practice/Signed";

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

    private async Task<ArchiveState> OfAsync(Guid noteId, SubmissionStatus? status, CancellationToken cancel) =>
        status is null ? new ArchiveState(noteId, "none", null) : await OfKnownAsync(noteId, status, cancel);

    /// <summary>Null: it does not go to the archive (no care, no identity code, or the channel is switched off).</summary>
    public async Task<ArchiveState?> OfAppointmentAsync(Guid appointmentId, CancellationToken cancel) =>
        await Submissions.OfAppointmentAsync(work, appointmentId, cancel) is { } status
            ? await OfKnownAsync(appointmentId, status, cancel) with { Page = "/Practice/Appointment" } : null;

    private async Task<ArchiveState> OfKnownAsync(Guid id, SubmissionStatus status, CancellationToken cancel)
    {
        if (status.State != SubmissionState.Queued)
        {
            return status.State switch
            {
                SubmissionState.Sending => new ArchiveState(id, "sending", null),
                SubmissionState.NeedsAttention => new ArchiveState(id, "attention", PlainReasons.Of(status)[0].WhyKey, status.Id),
                SubmissionState.HandledElsewhere or SubmissionState.Superseded => new ArchiveState(id, "handled", null),
                _ => new ArchiveState(id, "archived", null),
            };
        }

        var way = await Submissions.WayAsync(work, cancel, status.Content);
        return PlainReasons.OfWay(way.Hold, way.Fault) is { } reason
            ? new ArchiveState(id, "waiting", reason)
            : new ArchiveState(id, "queued", null);
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
