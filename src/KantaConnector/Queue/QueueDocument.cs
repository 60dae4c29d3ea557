using CareRecords.Database;
using CareRecords.Protection;

namespace KantaConnector.Queue;

/// <summary>Stores a document for the archive within the caller's transaction and wakes the pump when that commits.</summary>
internal static class QueueDocument
{
    public const string Channel = "kanta_queue";

    public static FieldPlace Body(Guid id) => new("kanta.document.body", id.ToString("N"));

    public static FieldPlace Wrapper(Guid id) => new("kanta.document.wrapper", id.ToString("N"));

    public static async Task Handle(UnitOfWork work, FieldCipher cipher, Submission submission, CancellationToken cancel)
    {
        var scope = KeyScope.Patient(submission.PatientId);
        var document = submission.Document;
        byte[] before = document?.WrapperBefore ?? submission.InvalidationContent;
        byte[] after = document?.WrapperAfter ?? [];
        var content = document?.Cda ?? submission.Bundle;
        var body = content is null ? null : await cipher.EncryptAsync(scope, Body(submission.Id), content, cancel);
        var wrapper = await cipher.EncryptAsync(scope, Wrapper(submission.Id), (byte[])[.. before, .. after], cancel);
        await work.ExecuteAsync(
            """
            insert into kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, service_event_oid, service_event_id, visit_id,
              note_id, note_version, event_ended, due_at, body, signature_at, body_start, body_length, wrapper, wrapper_split,
              state, reason, practitioner_id, informing_id, informing_version, appointment_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
              case when $21::text is null then 'queued' else 'refused' end, $21, $22, $23, $24, $25)
            """,
            cancel, submission.Id, Submission.Name(submission.Kind), submission.ControllerId, submission.PatientId, submission.Oid, submission.SetId,
            submission.Version, submission.ServiceEventOid, submission.ServiceEventId, submission.VisitId, submission.NoteId, submission.NoteVersion,
            submission.EventEnded, submission.DueAt?.ToUniversalTime(), body, document?.SignatureAt, document?.BodyStart, document?.BodyLength, wrapper, before.Length,
            submission.Unfit, submission.PractitionerId, submission.InformingId, submission.InformingVersion, submission.AppointmentId);
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, Channel);
    }

    /// <summary>Puts newly built bytes in the place of bytes that never left, or whose content the archive refused; they are signed again.</summary>
    public static async Task Replace(UnitOfWork work, FieldCipher cipher, Guid id, string patientId, Documents.BuiltDocument document, CancellationToken cancel)
    {
        var scope = KeyScope.Patient(patientId);
        await work.ExecuteAsync(
            """
            update kanta.document set body = $2, signature_at = $3, body_start = $4, body_length = $5, wrapper = $6, wrapper_split = $7,
              signed_at = null, sha256 = null, content_refused = false
            where id = $1 and (signed_at is null or (state = 'refused' and content_refused))
            """,
            cancel, id, await cipher.EncryptAsync(scope, Body(id), document.Cda, cancel), document.SignatureAt, document.BodyStart, document.BodyLength,
            await cipher.EncryptAsync(scope, Wrapper(id), (byte[])[.. document.WrapperBefore, .. document.WrapperAfter], cancel), document.WrapperBefore.Length);
    }
}
