using System.Security.Cryptography;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using KantaConnector.Appointments;
using KantaConnector.Messages;
using KantaConnector.Signing;
using KantaConnector.Transport;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace KantaConnector.Queue;

/// <summary>
/// The first of the queue's three short steps, one transaction: take what may be sent now, sign what was never signed, and write down the
/// attempt with its message id. Only when that is durable may a byte leave. Leases and waits are measured by the database's clock.
/// </summary>
internal sealed class ClaimDocuments(
    NpgsqlDataSource database, FieldCipher cipher, PracticeDirectory practices, MessageHeaders headers, KantaCertificates certificates, IOptions<KantaOptions> options, TimeProvider clock,
    CrashPoints crash, Foreground foreground)
{
    internal static readonly string Candidates = CandidatesOf(Way.Documents);

    private static readonly string CandidatesOnTheOtherWay = CandidatesOf(Way.Appointments);

    // OFFSET 0 keeps each question a look into an index for each candidate. As a join the planner, which expects a single candidate, reads the whole backlog for
    // every one of them.
    private static string CandidatesOf(Way way) => $"""
        with ready as (
          select d.id from kanta.document d
          where d.state = 'queued' and d.{way.Kinds()} and d.available_at <= clock_timestamp() and (d.lease_until is null or d.lease_until < clock_timestamp())
            and ($3 or d.kind <> 'invalidation')
            and d.controller_id <> all($4)
            and (d.kind <> 'invalidation' or d.note_id is not null or d.oid <> d.service_event_oid or not exists (select from kanta.document o
              where o.service_event_oid = d.service_event_oid and o.id <> d.id and o.state in ('queued', 'refused') offset 0))
            and not exists (select from kanta.document b
              where b.set_id = d.set_id and b.version < d.version and b.state in ('queued', 'refused') offset 0)
            and (d.kind = 'service_event' or not exists (select from kanta.document e
              where e.service_event_oid = d.service_event_oid and e.kind = 'service_event' and e.version = 1 and e.state in ('queued', 'refused') offset 0))
          order by d.available_at, d.queued_order
          for update of d skip locked limit $1)
        update kanta.document d set lease_until = clock_timestamp() + $2, fence = nextval('kanta.fence')
        from ready where d.id = ready.id
        returning d.id, d.fence, d.kind, d.oid, d.version, d.patient_id, d.body, d.wrapper, d.wrapper_split, d.sha256,
          d.signature_at, d.body_start, d.body_length, d.queued_order, d.controller_id
        """;

    private const string StoreSigned = """
        update kanta.document d set body = s.body, sha256 = s.sha256, signed_at = $4
        from unnest($1, $2, $3) as s(id, body, sha256) where d.id = s.id and d.signed_at is null
        """;

    private const string StoreAttempts =
        "insert into kanta.attempt (document_id, fence, message_id, sha256) select a.id, a.fence, a.message_id, a.sha256 from unnest($1, $2, $3, $4) as a(id, fence, message_id, sha256)";

    private sealed record Opened(Row Row, byte[] Cda, byte[] Wrapper, byte[]? Hash, byte[]? Sealed)
    {
        /// <summary>It invalidates what the archive does not have.</summary>
        public bool Pointless { get; init; }
    }

    /// <summary>The database was restored and not yet reconciled with the archive: nothing is claimed.</summary>
    public bool AwaitsReconciliation { get; private set; }

    /// <returns>
    /// At most <paramref name="limit"/> claims in the order they were queued, one to probe a way that was faulty; none when nothing may be sent now.
    /// </returns>
    public async Task<IReadOnlyList<Claim>> Take(int limit, SystemCertificate certificate, CancellationToken cancel, Way way = Way.Documents)
    {
        var practice = await practices.GetAsync(cancel);
        var began = clock.GetTimestamp();
        await using var work = new UnitOfWork(database);
        var allowed = await Breaker.Allow(work, way, limit, options.Value.TotalTimeout, cancel);
        AwaitsReconciliation = allowed < 0;
        if (allowed <= 0)
        {
            return [];
        }
        // Whoever's own certificates cannot be used now waits; nobody signs for her.
        var own = certificates.OfControllers.ToDictionary(files => files.ControllerOid, files => files.Client.Current().IsUsable && files.Signing.Current() is { IsUsable: true } signing ? signing.Certificate : null);
        var waiting = practice.Controllers.Where(controller => own.TryGetValue(controller.ControllerOid, out var usable) && usable is null).Select(controller => controller.Id).ToArray();
        var rows = await work.QueryAsync(
            way == Way.Documents ? Candidates : CandidatesOnTheOtherWay, Read, cancel, allowed, options.Value.Lease,
            options.Value.InvalidationIn(practice.Environment).Interaction.Length > 0, waiting);
        if (rows.Count == 0)
        {
            // Rolled back: a probe that found nothing to send has not used its turn.
            return [];
        }
        var followed = way == Way.Appointments ? await Followed(work, [.. rows.Select(row => row.Id)], cancel) : [];
        var opened = new Opened?[rows.Count];
        rows.Sort((left, right) => left.Order.CompareTo(right.Order));
        // Signing is the work; it takes the cores that there are, or steps aside for people who wait for pages.
        await Parallel.ForAsync(0, rows.Count, foreground.Signing(cancel), async (at, stop) =>
        {
            await foreground.Step(stop);
            opened[at] = await Open(
                rows[at], followed.GetValueOrDefault(rows[at].Id), practice, own.GetValueOrDefault(practice.Controller(rows[at].ControllerId).ControllerOid) ?? certificate, stop);
        });
        var ready = opened.OfType<Opened>().Where(document => !document.Pointless).ToArray();
        await Close(work, [.. rows.Where((_, at) => opened[at] is null).Select(row => row.Id)], "its encryption key was destroyed", cancel);
        await Close(work, [.. opened.OfType<Opened>().Where(document => document.Pointless).Select(document => document.Row.Id)], "the archive holds nothing to invalidate", cancel);
        var numbers = await MessageHeaders.Numbers(work, ready.Length, cancel);
        var claims = ready.Select((document, at) => new Claim
        {
            Id = document.Row.Id,
            Fence = document.Row.Fence,
            Kind = document.Row.Kind,
            Oid = document.Row.Oid,
            Version = document.Row.Version,
            PatientId = document.Row.PatientId,
            ControllerId = document.Row.ControllerId,
            MessageId = headers.MessageId(practice, document.Row.ControllerId, numbers[at]),
            Cda = document.Cda,
            WrapperBefore = document.Wrapper.AsMemory(0, document.Row.WrapperSplit),
            WrapperAfter = document.Wrapper.AsMemory(document.Row.WrapperSplit),
            FateIsOpen = followed.GetValueOrDefault(document.Row.Id).FateIsOpen,
            ClaimedAt = began,
        }).ToArray();
        Store(work, ready, claims);
        await crash.At("claim: before commit");
        await work.CommitAsync(cancel);
        await crash.At("claim: committed");
        return claims;
    }

    private async Task<Opened?> Open(Row row, (HeldVersion? Held, bool FateIsOpen) followed, PracticeFacts practice, SystemCertificate certificate, CancellationToken cancel)
    {
        var wrapper = await cipher.DecryptAsync(QueueDocument.Wrapper(row.Id), row.Wrapper, cancel);
        var cda = row.Body is null ? [] : await cipher.DecryptAsync(QueueDocument.Body(row.Id), row.Body, cancel);
        if (wrapper is null || cda is null)
        {
            return null;
        }
        if (row.Body is null)
        {
            return new Opened(row, [], wrapper, null, null);
        }
        if (row.Sha256 is not null)
        {
            return new Opened(row, cda, wrapper, row.Sha256, null);
        }
        var signed = row.Kind == SubmissionKind.Appointment
            ? AppointmentBundle.Sign(cda, followed.Held, practice.OrganizationOid, certificate, clock.GetUtcNow(), options.Value.Appointments.ConditionalCreate)
            : SystemSignature.Sign(cda, (row.SignatureAt, row.BodyStart, row.BodyLength), certificate, clock.GetUtcNow(), Guid.NewGuid());
        if (signed is null)
        {
            return new Opened(row, [], wrapper, null, null) { Pointless = true };
        }
        var body = await cipher.EncryptAsync(KeyScope.Patient(row.PatientId), QueueDocument.Body(row.Id), signed, cancel);
        return new Opened(row, signed, wrapper, SHA256.HashData(signed), body);
    }

    /// <summary>Signed bytes and attempts go out with the commit.</summary>
    private void Store(UnitOfWork work, Opened[] ready, Claim[] claims)
    {
        var signed = ready.Where(document => document.Sealed is not null).ToArray();
        if (signed.Length > 0)
        {
            work.Defer(
                StoreSigned,
                Many(NpgsqlDbType.Uuid, signed.Select(document => document.Row.Id).ToArray()), Many(NpgsqlDbType.Bytea, signed.Select(document => document.Sealed).ToArray()),
                Many(NpgsqlDbType.Bytea, signed.Select(document => document.Hash).ToArray()),
                new NpgsqlParameter { Value = clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        }
        if (claims.Length > 0)
        {
            work.Defer(
                StoreAttempts,
                Many(NpgsqlDbType.Uuid, claims.Select(claim => claim.Id).ToArray()), Many(NpgsqlDbType.Bigint, claims.Select(claim => claim.Fence).ToArray()),
                Many(NpgsqlDbType.Text, claims.Select(claim => claim.MessageId).ToArray()), Many(NpgsqlDbType.Bytea, ready.Select(document => document.Hash).ToArray()));
        }
    }

    /// <summary>Under which id and version the archive has what each appointment follows, and whether a try of it may have arrived.</summary>
    private static async Task<Dictionary<Guid, (HeldVersion? Held, bool FateIsOpen)>> Followed(UnitOfWork work, Guid[] ids, CancellationToken cancel) => (await work.QueryAsync(
        """
        select d.id, case when d.remote_asked then d.remote_id else p.remote_id end, case when d.remote_asked then d.remote_version else p.remote_version end,
          exists (select from kanta.attempt a where a.document_id = d.id and (a.outcome is null or a.outcome = 'unknown'))
        from kanta.document d left join lateral (
          select remote_id, remote_version from kanta.document b where b.set_id = d.set_id and b.version < d.version and b.remote_id is not null order by b.version desc limit 1) p on true
        where d.id = any($1)
        """,
        reader => (Id: reader.GetGuid(0), Held: reader.IsDBNull(1) ? null : new HeldVersion(reader.GetString(1), reader.GetString(2)), Open: reader.GetBoolean(3)),
        cancel, (object)ids)).ToDictionary(row => row.Id, row => (row.Held, row.Open));

    private static async Task Close(UnitOfWork work, Guid[] ids, string reason, CancellationToken cancel)
    {
        if (ids.Length > 0)
        {
            await work.ExecuteAsync(
                "update kanta.document set state = 'refused', lease_until = null, reason = $2 where id = any($1)", cancel, ids, reason);
        }
    }

    private static NpgsqlParameter Many(NpgsqlDbType type, object values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static Row Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Fence = reader.GetInt64(1),
        Kind = Submission.Kinds(reader.GetString(2)),
        Oid = reader.GetString(3),
        Version = reader.GetInt32(4),
        PatientId = reader.GetString(5),
        Body = reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
        Wrapper = reader.GetFieldValue<byte[]>(7),
        WrapperSplit = reader.GetInt32(8),
        Sha256 = reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9),
        SignatureAt = reader.IsDBNull(10) ? 0 : reader.GetInt32(10),
        BodyStart = reader.IsDBNull(11) ? 0 : reader.GetInt32(11),
        BodyLength = reader.IsDBNull(12) ? 0 : reader.GetInt32(12),
        Order = reader.GetInt64(13),
        ControllerId = reader.GetGuid(14),
    };

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required long Fence { get; init; }
        public required SubmissionKind Kind { get; init; }
        public required string Oid { get; init; }
        public required int Version { get; init; }
        public required string PatientId { get; init; }
        public required byte[]? Body { get; init; }
        public required byte[] Wrapper { get; init; }
        public required int WrapperSplit { get; init; }
        public required byte[]? Sha256 { get; init; }
        public required int SignatureAt { get; init; }
        public required int BodyStart { get; init; }
        public required int BodyLength { get; init; }
        public required long Order { get; init; }
        public required Guid ControllerId { get; init; }
    }
}
