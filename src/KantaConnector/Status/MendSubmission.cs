using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using KantaConnector.Documents;
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
    private readonly AccessLog log;

    internal MendSubmission(RebuildDocument rebuild, AccessLog log) => (this.rebuild, this.log) = (rebuild, log);

    /// <summary>
    /// Sends it again. One that never was signed for the archive is built anew from the record, so that mended facts count; bytes that once left
    /// stay as they are.
    /// </summary>
    public async Task<MendResult> ResendAsync(UnitOfWork work, Guid id, CancellationToken cancel)
    {
        if (await Refused(work, id, cancel) is not { } found)
        {
            return await Why(work, id, cancel);
        }
        var unfit = found.Signed || found.Content == SubmissionContent.Invalidation ? null : await rebuild.Handle(work, id, cancel);
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

    /// <summary>Closes it here because it was dealt with in another way; what waited for it goes on.</summary>
    public async Task<MendResult> HandledElsewhereAsync(UnitOfWork work, Guid id, string by, string reason, CancellationToken cancel)
    {
        if (await Refused(work, id, cancel) is not { } found)
        {
            return await Why(work, id, cancel);
        }
        await work.ExecuteAsync(
            "update kanta.document set state = 'handled', handled_by = $2, handled_reason = $3, finished_at = clock_timestamp() where id = $1", cancel, id, by, reason);
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, QueueDocument.Channel);
        await Log(work, found, "closed as handled elsewhere", cancel);
        return MendResult.Done;
    }

    private static async Task<RefusedRow?> Refused(UnitOfWork work, Guid id, CancellationToken cancel) => (await work.QueryAsync(
        "select kind, patient_id, controller_id, oid, version, signed_at is not null from kanta.document where id = $1 and state = 'refused' for update",
        reader => new RefusedRow(
            reader.GetString(0) switch { "service_event" => SubmissionContent.ServiceEvent, "care" => SubmissionContent.Note, _ => SubmissionContent.Invalidation },
            reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.GetInt32(4), reader.GetBoolean(5)),
        cancel, id)).SingleOrDefault();

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

    private sealed record RefusedRow(SubmissionContent Content, string PatientId, Guid ControllerId, string Oid, int Version, bool Signed);
}
