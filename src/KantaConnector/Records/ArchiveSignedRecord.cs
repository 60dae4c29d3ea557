using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>
/// Within the signing transaction: builds what the archive is to get of a signed record and queues it, the service event's own document first.
/// Wellness visits and care from before the practice joined the archive are left alone. What cannot be built as a document is queued as needing
/// attention, with the reason: a signature never fails over the archive's form.
/// </summary>
internal sealed class ArchiveSignedRecord(
    SignedNotes notes, FieldCipher cipher, PracticeDirectory practices, ArchiveServiceEvent serviceEvents, DocumentFitness fitness, CodeTables codes,
    ArchivedIdentity identity, IOptions<KantaOptions> options)
    : IRecordSigned
{
    private static readonly TimeSpan Deadline = TimeSpan.FromDays(5);

    public async Task SignedAsync(SignedRecord record, UnitOfWork work, CancellationToken cancel)
    {
        var note = await notes.FindAsync(work, record.NoteId, record.Version, cancel)
            ?? throw new InvalidOperationException($"The signed note {record.NoteId} version {record.Version} cannot be read in its own transaction.");
        var practice = await practices.GetAsync(cancel);
        if (!note.Visit.IsCare || !IsArchived(practice, note.Visit.StartedAt))
        {
            return;
        }
        if (record.Act == SignedAct.Invalidation)
        {
            await Invalidate(work, note, practice, cancel);
            return;
        }
        await serviceEvents.EnsureQueued(work, note.ServiceEvent, note.Patient, note.Controller, note.Author, note.Visit, cancel);
        await Queue(work, note, practice, cancel);
    }

    internal static bool IsArchived(PracticeFacts practice, DateTimeOffset careBegan) => practice.JoinedArchiveOn is { } joined
        && DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(careBegan, practice.Zone).DateTime) >= joined;

    internal async Task Queue(UnitOfWork work, SignedNote note, PracticeFacts practice, CancellationToken cancel)
    {
        await ArchiveChain.Supersede(work, note.NoteId, note.Version, cancel);
        var chain = await ArchiveChain.OfNote(work, note, cancel);
        var named = note with { Patient = await identity.In(work, note.ServiceEvent.Oid, note.Patient, cancel) };
        var document = chain.ApplyTo(DocumentsFromCare.Care(named, options.Value, await codes.GetAsync(cancel), practice.Zone.Id));
        var problems = DocumentProblems.Of(document);
        var built = problems.Count == 0 ? CdaBuilder.Build(document) : null;
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.Care,
            ControllerId = note.Controller.Id,
            PatientId = note.Patient.PatientId,
            Oid = note.DocumentOid,
            SetId = chain.SetId,
            Version = chain.Version,
            ServiceEventOid = note.ServiceEvent.Oid,
            ServiceEventId = note.ServiceEvent.Id,
            VisitId = note.Visit.Id,
            PractitionerId = note.Visit.PractitionerId,
            NoteId = note.NoteId,
            NoteVersion = note.Version,
            DueAt = (note.Visit.EndedAt ?? note.SignedAt) + Deadline,
            Document = built,
            Unfit = fitness.Reason(problems, built, practice.Environment),
        }, cancel);
    }

    /// <summary>
    /// Queues that the newest archived version be invalidated. Its real message is not public: the content names the document and why, the
    /// interaction comes from settings, and without one it waits.
    /// </summary>
    private async Task Invalidate(UnitOfWork work, SignedNote note, PracticeFacts practice, CancellationToken cancel)
    {
        await ArchiveChain.Supersede(work, note.NoteId, note.Version, cancel);
        if (await ArchiveChain.OfNote(work, note, cancel) is not { Replaces: { } previous } chain)
        {
            // Never queued, or refused for its content: the archive holds nothing to invalidate.
            return;
        }
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.Invalidation,
            ControllerId = note.Controller.Id,
            PatientId = note.Patient.PatientId,
            Oid = previous.Oid,
            SetId = chain.SetId,
            Version = chain.Version,
            ServiceEventOid = note.ServiceEvent.Oid,
            ServiceEventId = note.ServiceEvent.Id,
            VisitId = note.Visit.Id,
            PractitionerId = note.Visit.PractitionerId,
            NoteId = note.NoteId,
            NoteVersion = note.Version,
            InvalidationContent = InvalidationContent.OfDocument(previous.Oid, DocumentsFromCare.Invalidator(note.Author, note.Controller, note.SignedAt), practice.Zone.Id),
        }, cancel);
    }
}
