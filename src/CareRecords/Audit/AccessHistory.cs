using CareRecords.Access;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Audit;

/// <summary>
/// Answers who touched whose data. The customer's own view rests on section 11 of the Act on the processing of client data (703/2023). Reading the
/// log is itself logged. Scoped.
/// </summary>
public sealed class AccessHistory
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly AccessLog _log;

    internal AccessHistory(NpgsqlDataSource dataSource, AccessLog log) => (_dataSource, _log) = (dataSource, log);

    /// <summary>What the privacy officer looks for; every given field must match.</summary>
    public sealed record Question
    {
        public string? PatientId { get; init; }

        public Guid? ActorUser { get; init; }

        public string? ResourceType { get; init; }

        public string? ResourceId { get; init; }

        public DateTime? From { get; init; }

        public DateTime? Until { get; init; }

        /// <summary>Only tries that failed or were denied.</summary>
        public bool OnlyDenied { get; init; }

        /// <summary>Entries with a smaller <see cref="AccessLeaf.Id"/>: the next page goes on below the last entry shown.</summary>
        public long? Before { get; init; }

        /// <summary>At most this many entries, newest first (1 to 500).</summary>
        public int Limit { get; init; } = 50;
    }

    /// <summary>
    /// Who has viewed or changed this customer's data, newest first: when, who, in which role, on what ground. The caller has made sure that the
    /// customer asks for her own card or that a member of staff may ask for her.
    /// </summary>
    public Task<IReadOnlyList<AccessLeaf>> OfPatientAsync(string patientId, long? before = null, int limit = 50, CancellationToken cancel = default) =>
        SearchAsync(new Question { PatientId = patientId, Before = before, Limit = limit }, "patient_request", cancel);

    /// <summary>The privacy officer's search. Entries carry the other patients they concern: show ids of other patients to nobody else.</summary>
    public Task<IReadOnlyList<AccessLeaf>> SearchAsync(Question question, CancellationToken cancel = default) =>
        SearchAsync(question, "administration", cancel);

    private async Task<IReadOnlyList<AccessLeaf>> SearchAsync(Question question, string purpose, CancellationToken cancel)
    {
        await _log.RecordAsync(
            new AccessEntry
            {
                Interaction = "read",
                ResourceType = "AccessLog",
                Purpose = purpose,
                PatientIds = question.PatientId is { } patient ? [patient] : [],
            },
            cancel);

        var (from, where) = question.PatientId is null
            ? ("care.access_leaf l", "$1::text is null")
            : ("care.access_leaf_patient m join care.access_leaf l on l.id = m.leaf_id", "m.patient_id = $1");
        await using var command = _dataSource.CreateCommand(
            $"""
            select {LeafRows.Columns} from {from}
            where {where}
              and ($2::uuid is null or l.actor_user = $2) and ($3::text is null or l.resource_type = $3) and ($4::text is null or l.resource_id = $4)
              and ($5::timestamptz is null or l.at >= $5) and ($6::timestamptz is null or l.at < $6)
              and (not $7 or l.outcome > 0) and ($8::bigint is null or l.id < $8)
            order by l.id desc limit $9
            """);
        command.Parameters.Add(Nullable(question.PatientId, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(question.ActorUser, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(question.ResourceType, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(question.ResourceId, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(question.From, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Nullable(question.Until, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(new NpgsqlParameter { Value = question.OnlyDenied });
        command.Parameters.Add(Nullable(question.Before, NpgsqlDbType.Bigint));
        command.Parameters.Add(new NpgsqlParameter { Value = Math.Clamp(question.Limit, 1, 500) });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var leaves = new List<AccessLeaf>();
        while (await row.ReadAsync(cancel))
        {
            leaves.Add(LeafRows.Read(row));
        }

        return leaves;
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
