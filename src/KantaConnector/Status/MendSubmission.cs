using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;
using KantaConnector.Appointments;
using KantaConnector.Queue;
using KantaConnector.Records;

namespace KantaConnector.Status;

public enum MendResult
{
    Done,

    /// <summary>There is no such document.</summary>
    Unknown,

    /// <summary>It does not need attention: it is under way or finished.</summary>
    NotRefused,

    /// <summary>It was built anew and still is not fit for the archive; its reason says why.</summary>
    StillUnfit,
}

/// <summary>What a practitioner or administrator does about a document that needs attention. Each act is logged; the caller commits. Scoped.</summary>
public sealed class MendSubmission
{
    private readonly RebuildDocument rebuild;
    private readonly ArchiveAppointment appointments;
    private readonly PromoteCorrections promote;
    private readonly FieldCipher cipher;
    private readonly AccessLog log;

    internal MendSubmission(RebuildDocument rebuild, ArchiveAppointment appointments, PromoteCorrections promote, FieldCipher cipher, AccessLog log) =>
        (this.rebuild, this.appointments, this.promote, this.cipher, this.log) = (rebuild, appointments, promote, cipher, log);

    /// <summary>
    /// Sends it again. One that never left, or whose content the archive refused, is built anew from the record, so that mended facts count; bytes
    /// whose fate is open stay as they are. Where a correction of it waits, that goes in its place.
    /// </summary>
    public async Task<MendResult> ResendAsync(UnitOfWork work, Guid id, CancellationToken cancel)
    {
        if (await Refused(work, id, cancel) is not { } found)
        {
            return await Why(work, id, cancel);
        }
        if (await promote.Handle(work, cancel) > 0 && await work.ScalarAsync<string>("select state from kanta.document where id = $1", cancel, id) == "superseded")
        {
            await Log(work, found, "its correction was sent in its place", cancel);
            return MendResult.Done;
        }
        var unfit = (found.Signed && !found.ContentRefused) || found.Content == SubmissionContent.Invalidation ? null
            : found.Content == SubmissionContent.Appointment ? await appointments.RebuildAsync(work, id, cancel) : await rebuild.Handle(work, id, cancel);
        await work.ExecuteAsync(
            """
            update kanta.document set state = case when $2::text is null then 'queued' else 'refused' end, reason = $2, codes = null, rejected_at = null,
              endpoint_faults = 0, available_at = clock_timestamp()
            where id = $1
            """, cancel, id, unfit);
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, QueueDocument.Channel);
        await Log(work, found, "sent to the archive again", cancel);
        return unfit is null ? MendResult.Done : MendResult.StillUnfit;
    }

    /// <summary>
    /// Closes it here because it was dealt with in another way; what waited for it goes on. Also for an invalidation that still waits, since its
    /// message may never be sent where its form is not configured.
    /// </summary>
    public async Task<MendResult> HandledElsewhereAsync(UnitOfWork work, Guid id, string by, string reason, CancellationToken cancel)
    {
        if (await Refused(work, id, cancel, orWaitingInvalidation: true) is not { } found)
        {
            return await Why(work, id, cancel);
        }
        await work.ExecuteAsync(
            "update kanta.document set state = 'handled', handled_by = $2, handled_reason = $3, finished_at = clock_timestamp() where id = $1", cancel, id, by,
            await cipher.EncryptTextAsync(KeyScope.Patient(found.PatientId), HandledReason(id), reason, cancel));
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, QueueDocument.Channel);
        await Log(work, found, "closed as handled elsewhere", cancel);
        return MendResult.Done;
    }

    internal static FieldPlace HandledReason(Guid id) => new("kanta.document.handled_reason", id.ToString("N"));

    private static async Task<RefusedRow?> Refused(UnitOfWork work, Guid id, CancellationToken cancel, bool orWaitingInvalidation = false) => (await work.QueryAsync(
        """
        select kind, patient_id, controller_id, oid, version, signed_at is not null, content_refused from kanta.document
        where id = $1 and (state = 'refused' or ($2 and state = 'queued' and kind = 'invalidation' and (lease_until is null or lease_until < clock_timestamp()))) for update
        """,
        reader => new RefusedRow(
            reader.GetString(0) switch { "service_event" => SubmissionContent.ServiceEvent, "care" => SubmissionContent.Note, "information" => SubmissionContent.Information, "appointment" => SubmissionContent.Appointment, _ => SubmissionContent.Invalidation },
            reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetBoolean(6)),
        cancel, id, orWaitingInvalidation)).SingleOrDefault();

    private static async Task<MendResult> Why(UnitOfWork work, Guid id, CancellationToken cancel) =>
        await work.ScalarAsync<string>("select state from kanta.document where id = $1", cancel, id) is null ? MendResult.Unknown : MendResult.NotRefused;

    private async Task Log(UnitOfWork work, RefusedRow found, string detail, CancellationToken cancel) => await log.RecordAsync(work, new AccessEntry
    {
        Interaction = "update",
        ResourceType = "KantaDocument",
        ResourceId = found.Oid,
        ResourceVersion = found.Version,
        PatientIds = [found.PatientId],
        ControllerId = found.ControllerId,
        Purpose = "archive",
        Detail = detail,
    }, cancel);

    private sealed record RefusedRow(SubmissionContent Content, string PatientId, Guid ControllerId, string Oid, int Version, bool Signed, bool ContentRefused);
}
