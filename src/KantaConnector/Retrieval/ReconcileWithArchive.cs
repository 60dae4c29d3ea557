using System.Security.Cryptography;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Queue;
using KantaConnector.Records;

namespace KantaConnector.Retrieval;

/// <summary>What reconciliation found about one document and did with it; no health data.</summary>
public enum ReconcileVerdict
{
    /// <summary>It waits here, and the archive has it with these very bytes: closed as archived.</summary>
    WasArchived,

    /// <summary>It waits here, and the archive has it as it was signed after the backup: the archive's bytes were taken over, and it is closed as archived.</summary>
    TakenOver,

    /// <summary>The archive has a document that this database does not know: it was taken into the queue's table, so that later versions follow it.</summary>
    Adopted,

    /// <summary>Archived according to this database, but not there. Nothing was changed; it needs a person.</summary>
    MissingThere,

    /// <summary>Both have it under one OID with different bytes, and here it is closed as archived. Nothing was changed; it needs a person.</summary>
    Differs,

    /// <summary>The archive did not answer for it. Nothing was changed.</summary>
    NoAnswer,
}

/// <param name="IsNote">A care document: when adopted, its text is known to the archive only, and the visit's note must be taken from there.</param>
public sealed record Reconciled(string Oid, string? SetId, int Version, ReconcileVerdict Verdict, bool IsNote, string? ServiceEventOid, string? Reason);

/// <summary>
/// After a restore from backup the archive may hold more than this database knows. Asks the archive about every service event and every patient of the
/// window and about everything unfinished, and mends the queue's table so that nothing is sent twice. Sends no document. Safe to run again.
/// </summary>
internal sealed class ReconcileWithArchive(
    AskArchive archive, FieldCipher cipher, PracticeDirectory practices, People people, RebuildDocument rebuild, AccessLog log)
{
    private sealed record Ours(
        Guid Id, string Oid, string SetId, int Version, string State, string? Sha256, string PatientId, Guid ControllerId, bool IsCare);

    private sealed record Question(string? PatientId, Guid ControllerId, ArchiveCriteria Criteria);

    /// <param name="since">Service events and patients with care after this time are asked about; unfinished documents always are.</param>
    public async Task<IReadOnlyList<Reconciled>> Handle(UnitOfWork work, DateTimeOffset since, CancellationToken cancel)
    {
        var reports = new List<Reconciled>();
        var answered = new HashSet<string>();
        var seen = new Dictionary<string, ArchivedCopy>();
        foreach (var question in await Questions(work, since, cancel))
        {
            switch (await archive.QueryAsync(question.Criteria, question.ControllerId, cancel))
            {
                case ArchiveReply.Found found:
                    Note(answered, question.Criteria);
                    foreach (var copy in found.Copies.OrderBy(copy => copy.SetId, StringComparer.Ordinal).ThenBy(copy => copy.Version))
                    {
                        seen[copy.Oid] = copy;
                        await Compare(work, copy, question, reports, cancel);
                    }
                    break;
                case ArchiveReply.NoAnswer none:
                    reports.Add(new Reconciled(
                        question.Criteria.ServiceEventOid ?? "", null, 0, ReconcileVerdict.NoAnswer, false, question.Criteria.ServiceEventOid, none.Reason));
                    break;
            }
        }
        reports.AddRange(await Missing(work, since, answered, seen, cancel));
        return reports;
    }

    private static void Note(HashSet<string> answered, ArchiveCriteria criteria)
    {
        if (criteria.ServiceEventOid is { } serviceEvent)
        {
            answered.Add(serviceEvent);
        }
    }

    // Service events that the database knows, then patients, who lead to events that it has forgotten.
    private async Task<List<Question>> Questions(UnitOfWork work, DateTimeOffset since, CancellationToken cancel)
    {
        var questions = (await work.QueryAsync(
            """
            select distinct service_event_oid, controller_id, patient_id from kanta.document
            where service_event_oid is not null and (state in ('queued', 'refused') or coalesce(due_at, created_at) > $1 or created_at > $1)
            """,
            reader => new Question(reader.GetString(2), reader.GetGuid(1), new ArchiveCriteria { ServiceEventOid = reader.GetString(0) }), cancel, since.ToUniversalTime())).ToList();
        foreach (var serviceEvent in await CareArchive.EventsSince(work, since, cancel))
        {
            if (questions.All(question => question.Criteria.ServiceEventOid != serviceEvent.Oid))
            {
                questions.Add(new Question(serviceEvent.PatientId, serviceEvent.ControllerId, new ArchiveCriteria { ServiceEventOid = serviceEvent.Oid }));
            }
        }
        foreach (var patient in questions.Select(question => (question.PatientId, question.ControllerId)).Distinct().ToList())
        {
            if (patient.PatientId is { } id && await people.FindAsync(work, id, cancel) is { } facts)
            {
                // Both, when the code was learnt later: what went under the temporary id stays under it.
                PatientKey?[] keys =
                [
                    facts.IdentityCode is { } code ? new PatientKey("1.2.246.21", code) : null,
                    facts is { TemporaryIdRoot: { } root, TemporaryId: { } temporary } ? new PatientKey(root, temporary) : null,
                ];
                questions.AddRange(keys.OfType<PatientKey>().Select(key => new Question(id, patient.ControllerId, new ArchiveCriteria { Patient = key })));
            }
        }
        return questions;
    }

    private async Task Compare(UnitOfWork work, ArchivedCopy copy, Question question, List<Reconciled> reports, CancellationToken cancel)
    {
        var ours = (await work.QueryAsync(
            """
            select id, oid, set_id, version, state, encode(sha256, 'hex'), patient_id, controller_id, kind = 'care' from kanta.document
            where oid = $1 and kind not in ('invalidation', 'appointment') for update
            """,
            reader => new Ours(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.GetString(6), reader.GetGuid(7), reader.GetBoolean(8)), cancel, copy.Oid)).SingleOrDefault();
        if (ours is { State: "archived" } && copy.Sha256 is { } told)
        {
            if (told != ours.Sha256)
            {
                reports.Add(Report(copy, ReconcileVerdict.Differs, ours.IsCare, null));
            }
            return;
        }
        var controller = ours?.ControllerId ?? await Controller(copy, question, cancel);
        var fetched = await archive.FetchAsync(copy.Oid, controller, cancel);
        if (fetched is not ArchiveReply.Found { Copies: [{ Cda: { } bytes }] })
        {
            reports.Add(Report(copy, ReconcileVerdict.NoAnswer, false, (fetched as ArchiveReply.NoAnswer)?.Reason ?? "the archive named the document and sent no bytes of it"));
            return;
        }
        var facts = ArchivedFacts.Of(bytes);
        if (ours is null && facts.IsInformation)
        {
            // Kept by Kela for all providers: one that we do not know may be another provider's, and a denial is nobody else's to read.
            return;
        }
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var verdict = ours switch
        {
            null => ReconcileVerdict.Adopted,
            { State: "archived" } when hash == ours.Sha256 => (ReconcileVerdict?)null,
            { State: "archived" } => ReconcileVerdict.Differs,
            _ when hash == ours.Sha256 => ReconcileVerdict.WasArchived,
            _ => ReconcileVerdict.TakenOver,
        };
        if (verdict is null)
        {
            return;
        }
        reports.Add(Report(copy, verdict.Value, !facts.IsServiceEvent, null));
        if (verdict == ReconcileVerdict.Differs)
        {
            return;
        }
        if (ours is null && await work.ScalarAsync<string>(
            "select oid from kanta.document where set_id = $1 and version = $2 and signed_at is not null and kind <> 'invalidation'", cancel, copy.SetId ?? copy.Oid, copy.Version) is { } other)
        {
            reports[^1] = Report(copy, ReconcileVerdict.Differs, !facts.IsServiceEvent, $"here {other} is this version");
            return;
        }
        var patient = ours?.PatientId ?? question.PatientId ?? throw new InvalidOperationException("A question without a patient found a document.");
        await Store(work, ours?.Id, copy, facts, bytes, patient, controller, cancel);
        await log.RecordAsync(work, new AccessEntry
        {
            Interaction = "read",
            ResourceType = "KantaDocument",
            ResourceId = copy.Oid,
            ResourceVersion = copy.Version,
            PatientIds = [patient],
            ControllerId = controller,
            Purpose = "archive",
            Detail = "reconciled with the archive's copy",
        }, cancel);
        // Each document stands on its own: what follows may fail, and a second run goes on from here.
        await work.CommitAsync(cancel);
    }

    private async Task Store(
        UnitOfWork work, Guid? known, ArchivedCopy copy, ArchivedFacts facts, byte[] bytes, string patient, Guid controller, CancellationToken cancel)
    {
        var id = known ?? Guid.CreateVersion7();
        var body = await cipher.EncryptAsync(KeyScope.Patient(patient), QueueDocument.Body(id), bytes, cancel);
        await work.ExecuteAsync("set local kanta.adopting = 'on'", cancel);
        if (known is not null)
        {
            await work.ExecuteAsync(
                """
                update kanta.document set state = 'archived', body = $2, sha256 = $3, signed_at = $4, finished_at = clock_timestamp(), lease_until = null,
                  fence = nextval('kanta.fence'), reason = null, codes = null, content_refused = false
                where id = $1
                """, cancel, id, body, SHA256.HashData(bytes), facts.SignedAt.ToUniversalTime());
            return;
        }
        var moved = await MakeRoom(work, copy, facts, cancel);
        var wrapper = await cipher.EncryptAsync(KeyScope.Patient(patient), QueueDocument.Wrapper(id), Array.Empty<byte>(), cancel);
        await work.ExecuteAsync(
            """
            insert into kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, service_event_oid, service_event_id, visit_id, note_id, event_ended,
              body, sha256, signed_at, wrapper, wrapper_split, state, finished_at)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select note_id from kanta.document where set_id = $6 and note_id is not null limit 1), $11,
              $12, $13, $14, $15, 0, 'archived', clock_timestamp()
            """,
            cancel, id, facts.IsServiceEvent ? "service_event" : "care", controller, patient, copy.Oid, copy.SetId ?? copy.Oid, copy.Version,
            Sql.Null(copy.ServiceEventOid), Sql.Null(await CareArchive.EventId(work, copy.ServiceEventOid, cancel)), Sql.Null(await CareArchive.OnlyVisit(work, copy.ServiceEventOid, cancel)),
            facts.EventEnded, body, SHA256.HashData(bytes), facts.SignedAt.ToUniversalTime(), wrapper);
        foreach (var follower in moved)
        {
            var unfit = await rebuild.Handle(work, follower, cancel);
            await work.ExecuteAsync(
                "update kanta.document set state = case when $2::text is null then 'queued' else 'refused' end, reason = $2 where id = $1", cancel, follower, Sql.Null(unfit));
        }
    }

    // What was signed here since the restore and has not left follows what the archive holds already.
    private static async Task<List<Guid>> MakeRoom(UnitOfWork work, ArchivedCopy copy, ArchivedFacts facts, CancellationToken cancel)
    {
        var set = copy.SetId ?? copy.Oid;
        var followers = await work.QueryAsync(
            """
            select id from kanta.document
            where signed_at is null and state in ('queued', 'refused') and kind <> 'invalidation'
              and ((set_id = $1 and version >= $2) or ($3 and kind = 'service_event' and service_event_oid = $4))
            order by version desc for update
            """,
            reader => reader.GetGuid(0), cancel, set, copy.Version, facts.IsServiceEvent, Sql.Null(copy.ServiceEventOid));
        foreach (var follower in followers)
        {
            await work.ExecuteAsync("update kanta.document set set_id = $2, version = greatest(version, $3) + 1 where id = $1", cancel, follower, set, copy.Version);
        }
        followers.Reverse();
        return followers;
    }

    // Known as archived here, in a service event that the archive answered for, but not among its documents.
    private static async Task<IEnumerable<Reconciled>> Missing(
        UnitOfWork work, DateTimeOffset since, HashSet<string> answered, Dictionary<string, ArchivedCopy> seen, CancellationToken cancel) =>
        (await work.QueryAsync(
            "select oid, set_id, version, service_event_oid, kind = 'care' from kanta.document where state = 'archived' and kind not in ('invalidation', 'appointment') and (finished_at > $1 or created_at > $1)",
            reader => (Oid: reader.GetString(0), Set: reader.GetString(1), Version: reader.GetInt32(2), Event: reader.IsDBNull(3) ? null : reader.GetString(3), Care: reader.GetBoolean(4)),
            cancel, since.ToUniversalTime()))
        .Where(row => row.Event is { } serviceEvent && answered.Contains(serviceEvent) && !seen.ContainsKey(row.Oid))
        .Select(row => new Reconciled(row.Oid, row.Set, row.Version, ReconcileVerdict.MissingThere, row.Care, row.Event, null));

    // OIDs are issued under the controller's own root.
    private async Task<Guid> Controller(ArchivedCopy copy, Question question, CancellationToken cancel) =>
        (await practices.GetAsync(cancel)).Controllers.FirstOrDefault(controller => copy.Oid.StartsWith(controller.OidRoot + ".", StringComparison.Ordinal))?.Id ?? question.ControllerId;

    private static Reconciled Report(ArchivedCopy copy, ReconcileVerdict verdict, bool isNote, string? reason) =>
        new(copy.Oid, copy.SetId, copy.Version, verdict, isNote, copy.ServiceEventOid, reason);
}
