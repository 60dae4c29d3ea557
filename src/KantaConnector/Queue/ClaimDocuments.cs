using System.Security.Cryptography;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using KantaConnector.Messages;
using KantaConnector.Signing;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace KantaConnector.Queue;

/// <summary>
/// The first of the queue's three short steps, one transaction: take what may be sent now, sign what was never signed, and write down the
/// attempt with its message id. Only when that is durable may a byte leave. Leases and waits are measured by the database's clock.
/// </summary>
internal sealed class ClaimDocuments(
    NpgsqlDataSource database, FieldCipher cipher, PracticeDirectory practices, MessageHeaders headers, IOptions<KantaOptions> options, TimeProvider clock,
    CrashPoints crash)
{
    private const string Candidates = """
        with ready as (
          select d.id from kanta.document d
          where d.state = 'queued' and d.available_at <= clock_timestamp() and (d.lease_until is null or d.lease_until < clock_timestamp())
            and ($3 or d.kind <> 'invalidation')
            and not exists (select from kanta.document b
              where b.set_id = d.set_id and b.version < d.version and b.state in ('queued', 'refused'))
            and (d.kind = 'service_event' or not exists (select from kanta.document e
              where e.service_event_oid = d.service_event_oid and e.kind = 'service_event' and e.version = 1 and e.state in ('queued', 'refused')))
          order by d.available_at, d.queued_order
          for update of d skip locked limit $1)
        update kanta.document d set lease_until = clock_timestamp() + $2, fence = nextval('kanta.fence')
        from ready where d.id = ready.id
        returning d.id, d.fence, d.kind, d.oid, d.version, d.patient_id, d.body, d.wrapper, d.wrapper_split, d.signed_at,
          d.signature_at, d.body_start, d.body_length, d.queued_order, d.controller_id
        """;

    /// <returns>At most <paramref name="limit"/> claims in the order they were queued; none when nothing may be sent now.</returns>
    public async Task<IReadOnlyList<Claim>> Take(int limit, SystemCertificate certificate, CancellationToken cancel)
    {
        var practice = await practices.GetAsync(cancel);
        var began = clock.GetTimestamp();
        await using var work = new UnitOfWork(database);
        var rows = await work.QueryAsync(Candidates, Read, cancel, limit, options.Value.Lease, options.Value.InvalidationIn(practice.Environment).Interaction.Length > 0);
        if (rows.Count == 0)
        {
            return [];
        }
        var claims = new List<Claim>(rows.Count);
        await using var batch = new NpgsqlBatch(await work.ConnectionAsync(cancel), work.Transaction);
        foreach (var row in rows.OrderBy(row => row.Order))
        {
            if (await Open(row, certificate, batch, cancel) is not { } opened)
            {
                continue;
            }
            var number = await work.ScalarAsync<long>("select nextval('kanta.message_number')", cancel);
            var messageId = headers.MessageId(practice, row.ControllerId, number);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into kanta.attempt (document_id, fence, message_id, sha256) values ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    new() { Value = row.Id }, new() { Value = row.Fence }, new() { Value = messageId },
                    new() { Value = opened.Cda.Length == 0 ? DBNull.Value : SHA256.HashData(opened.Cda), NpgsqlDbType = NpgsqlDbType.Bytea },
                },
            });
            claims.Add(new Claim
            {
                Id = row.Id,
                Fence = row.Fence,
                Kind = row.Kind,
                Oid = row.Oid,
                Version = row.Version,
                PatientId = row.PatientId,
                ControllerId = row.ControllerId,
                MessageId = messageId,
                Cda = opened.Cda,
                WrapperBefore = opened.Wrapper.AsMemory(0, row.WrapperSplit),
                WrapperAfter = opened.Wrapper.AsMemory(row.WrapperSplit),
                ClaimedAt = began,
            });
        }
        await batch.ExecuteNonQueryAsync(cancel);
        await crash.At("claim: before commit");
        await work.CommitAsync(cancel);
        await crash.At("claim: committed");
        return claims;
    }

    private async Task<(byte[] Cda, byte[] Wrapper)?> Open(Row row, SystemCertificate certificate, NpgsqlBatch batch, CancellationToken cancel)
    {
        var wrapper = await cipher.DecryptAsync(QueueDocument.Wrapper(row.Id), row.Wrapper, cancel);
        var cda = row.Body is null ? [] : await cipher.DecryptAsync(QueueDocument.Body(row.Id), row.Body, cancel);
        if (wrapper is null || cda is null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "update kanta.document set state = 'refused', lease_until = null, reason = 'its encryption key was destroyed' where id = $1")
            { Parameters = { new() { Value = row.Id } } });
            return null;
        }
        if (row.Body is null || row.IsSigned)
        {
            return (cda, wrapper);
        }
        var signed = SystemSignature.Sign(cda, (row.SignatureAt, row.BodyStart, row.BodyLength), certificate, clock.GetUtcNow(), Guid.NewGuid());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "update kanta.document set body = $2, sha256 = $3, signed_at = $4 where id = $1 and signed_at is null")
        {
            Parameters =
            {
                new() { Value = row.Id },
                new() { Value = await cipher.EncryptAsync(KeyScope.Patient(row.PatientId), QueueDocument.Body(row.Id), signed, cancel) },
                new() { Value = SHA256.HashData(signed) },
                new() { Value = clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        });
        return (signed, wrapper);
    }

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
        IsSigned = !reader.IsDBNull(9),
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
        public required bool IsSigned { get; init; }
        public required int SignatureAt { get; init; }
        public required int BodyStart { get; init; }
        public required int BodyLength { get; init; }
        public required long Order { get; init; }
        public required Guid ControllerId { get; init; }
    }
}
