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
/// Builds a document anew from the record, under the ids it has: one that never left, or whose content the archive refused.
/// </summary>
internal sealed class RebuildDocument(
    SignedNotes notes, FieldCipher cipher, PracticeDirectory practices, People people, ICustomerCards cards, DocumentFitness fitness,
    CodeTables codes, ArchivedIdentity identity, ArchiveInforming informing, IOptions<KantaOptions> options, TimeProvider clock)
{
    /// <returns>Why it still is not fit; null when it is, and its new bytes are stored.</returns>
    public async Task<string?> Handle(UnitOfWork work, Guid id, CancellationToken cancel)
    {
        var row = (await work.QueryAsync(
            """
            select d.kind, d.patient_id, d.oid, d.set_id, d.version, d.note_id, d.note_version, d.service_event_id, p.oid, d.informing_id, d.informing_version
            from kanta.document d left join kanta.document p on p.set_id = d.set_id and p.version = d.version - 1
            where d.id = $1 and (d.signed_at is null or (d.state = 'refused' and d.content_refused))
            """,
            reader => (Kind: reader.GetString(0), Patient: reader.GetString(1), Oid: reader.GetString(2), Set: reader.GetString(3), Version: reader.GetInt32(4),
                Note: reader.IsDBNull(5) ? (Guid?)null : reader.GetGuid(5), NoteVersion: reader.IsDBNull(6) ? 0 : reader.GetInt32(6),
                Event: reader.IsDBNull(7) ? (Guid?)null : reader.GetGuid(7), Previous: reader.IsDBNull(8) ? null : reader.GetString(8),
                Informing: reader.IsDBNull(9) ? (Guid?)null : reader.GetGuid(9), InformingVersion: reader.IsDBNull(10) ? 0 : reader.GetInt32(10)),
            cancel, id)).Single();
        var practice = await practices.GetAsync(cancel);
        var zone = practice.Zone.Id;
        if (row.Informing is { } informingId)
        {
            if (await RecordInforming.FindAsync(work, informingId, cancel) is not { ControllerId: { } of } act)
            {
                return "the record it is built from cannot be read";
            }
            var form = await informing.Build(work, act, row.InformingVersion, practice.Controller(of),
                (row.Oid, row.Set, row.Version, row.Previous is null ? null : new PreviousVersion(row.Previous, row.Version - 1)), practice, cancel);
            if (form.Built is not null && form.Unfit is null)
            {
                await QueueDocument.Replace(work, cipher, id, row.Patient, form.Built, cancel);
            }
            return form.Unfit;
        }
        BuiltDocument? built;
        IReadOnlyList<DocumentProblem> problems;
        if (row.Note is { } noteId)
        {
            if (await notes.FindAsync(work, noteId, row.NoteVersion, cancel) is not { } note)
            {
                return "the record it is built from cannot be read";
            }
            var chain = new ArchiveChain(row.Set, row.Version, row.Previous is null ? null : new PreviousVersion(row.Previous, row.Version - 1));
            var named = note with { Patient = await identity.In(work, note.ServiceEvent.Oid, note.Patient, cancel) };
            var document = chain.ApplyTo(DocumentsFromCare.Care(named, options.Value, await codes.GetAsync(cancel), zone));
            problems = DocumentProblems.Of(document);
            built = problems.Count == 0 ? CdaBuilder.Build(document) : null;
        }
        else
        {
            var serviceEvent = row.Event is { } eventId ? await TreatmentRows.ServiceEventAsync(work, eventId, cancel) : null;
            var patient = await people.FindAsync(work, row.Patient, cancel);
            var author = serviceEvent is null ? null : await cards.PractitionerAsync(serviceEvent.PractitionerId, work, cancel);
            if (serviceEvent is null || patient is null || author is null)
            {
                return "the record it is built from cannot be read";
            }
            var controller = practice.Controller(serviceEvent.ControllerId);
            var document = DocumentsFromCare.ServiceEvent(await identity.In(work, serviceEvent.Oid, patient, cancel), serviceEvent, controller, author, clock.GetUtcNow(),
                (row.Oid, row.Set, row.Version, row.Previous is null ? null : new PreviousVersion(row.Previous, row.Version - 1)), options.Value, await codes.GetAsync(cancel), zone);
            problems = DocumentProblems.Of(document);
            built = problems.Count == 0 ? CdaBuilder.Build(document) : null;
        }
        var unfit = fitness.Reason(problems, built, practice.Environment);
        if (unfit is null)
        {
            await QueueDocument.Replace(work, cipher, id, row.Patient, built!, cancel);
        }
        return unfit;
    }
}
