using CareRecords.Database;
using KantaConnector.Queue;

namespace KantaConnector.Records;

/// <summary>
/// A note was corrected while its first document was still on its way, and the archive then refused that document for its content: the correction
/// goes out in its place, as a new document, instead of waiting for ever behind something that will never be archived. Safe to run at any time, twice,
/// and on several nodes.
/// </summary>
internal sealed class PromoteCorrections(RebuildDocument rebuild)
{
    private sealed record Waiting(Guid Id, string Kind, string Oid, bool Signed);

    /// <returns>How many chains were set going again. The caller commits.</returns>
    public async Task<int> Handle(UnitOfWork work, CancellationToken cancel)
    {
        var refused = await work.QueryAsync(
            """
            select r.id, r.note_id, r.note_version from kanta.document r
            where r.state = 'refused' and r.kind = 'care' and (r.content_refused or r.signed_at is null) and r.note_id is not null
              and exists (select from kanta.document w where w.set_id = r.set_id and w.version > r.version and w.signed_at is null and w.state in ('queued', 'refused'))
            order by r.note_id, r.note_version for update of r skip locked
            """,
            reader => (Id: reader.GetGuid(0), Note: reader.GetGuid(1), Version: reader.GetInt32(2)), cancel);
        foreach (var note in refused.GroupBy(row => row.Note))
        {
            await Promote(work, note.Key, note.Max(row => row.Version), cancel);
        }
        if (refused.Count > 0)
        {
            await work.ExecuteAsync("select pg_notify($1, '')", cancel, QueueDocument.Channel);
        }
        return refused.Count;
    }

    private async Task Promote(UnitOfWork work, Guid noteId, int refusedVersion, CancellationToken cancel)
    {
        await ArchiveChain.Supersede(work, noteId, refusedVersion + 1, cancel);
        var (set, version, previous) = ("", 0, (string?)null);
        foreach (var row in await work.QueryAsync(
            "select id, kind, oid, signed_at is not null from kanta.document where note_id = $1 and note_version > $2 and state in ('queued', 'refused') order by note_version for update",
            reader => new Waiting(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)), cancel, noteId, refusedVersion))
        {
            if (row.Kind == "invalidation")
            {
                if (previous is null)
                {
                    // The archive holds nothing of this note: there is nothing to invalidate.
                    await work.ExecuteAsync("update kanta.document set state = 'superseded', finished_at = clock_timestamp() where id = $1", cancel, row.Id);
                    continue;
                }
                await Place(work, row.Id, set, ++version, cancel);
                continue;
            }
            (set, version) = previous is null ? (row.Oid, 1) : (set, version + 1);
            previous = row.Oid;
            await Place(work, row.Id, set, version, cancel);
            var unfit = await rebuild.Handle(work, row.Id, cancel);
            await work.ExecuteAsync(
                "update kanta.document set state = case when $2::text is null then 'queued' else 'refused' end, reason = $2, available_at = clock_timestamp() where id = $1",
                cancel, row.Id, unfit);
        }
    }

    private static async Task Place(UnitOfWork work, Guid id, string set, int version, CancellationToken cancel) =>
        await work.ExecuteAsync("update kanta.document set set_id = $2, version = $3 where id = $1", cancel, id, set, version);
}
