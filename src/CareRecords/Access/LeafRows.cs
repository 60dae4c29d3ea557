using CareRecords.Database;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Access;

/// <summary>Writes and reads rows of the access log.</summary>
internal static class LeafRows
{
    /// <summary>The columns that <see cref="Read"/> expects, of leaf `l`; patients in ordinal order.</summary>
    internal const string Columns = """
        l.id, l.at, l.practice_id, l.controller_id, l.request_id, l.actor_user, l.actor_name, l.actor_role, l.purpose, l.interaction,
        l.resource_type, l.resource_id, l.resource_version, l.outcome, l.detail,
        array(select p.patient_id from care.access_leaf_patient p where p.leaf_id = l.id order by p.patient_id collate "C")
        """;

    // Identity values are given in the order of the selected rows, so the n-th smallest new id belongs to the n-th input row.
    private const string Insert = """
        with leaf as (
          insert into care.access_leaf (practice_id, controller_id, request_id, actor_user, actor_name, actor_role, purpose, interaction,
            resource_type, resource_id, resource_version, outcome, detail)
          select practice_id, controller_id, request_id, actor_user, actor_name, actor_role, purpose, interaction,
            resource_type, resource_id, resource_version, outcome, detail
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) with ordinality as i(practice_id, controller_id, request_id,
            actor_user, actor_name, actor_role, purpose, interaction, resource_type, resource_id, resource_version, outcome, detail, n)
          order by n
          returning id),
        numbered as (select id, row_number() over (order by id) as n from leaf)
        insert into care.access_leaf_patient (leaf_id, patient_id)
        select numbered.id, p.patient_id from unnest($14, $15) as p(n, patient_id) join numbered using (n)
        """;

    private const string InsertOne = """
        with leaf as (
          insert into care.access_leaf (practice_id, controller_id, request_id, actor_user, actor_name, actor_role, purpose, interaction,
            resource_type, resource_id, resource_version, outcome, detail)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
          returning id)
        insert into care.access_leaf_patient (leaf_id, patient_id) select leaf.id, p.patient_id from leaf, unnest($14) as p(patient_id)
        """;

    /// <summary>Inserts all entries with one statement, in the transaction given or in one of its own.</summary>
    internal static async Task InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<AccessRecord> records, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Command(records) } };
        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The statement that inserts all entries, to be sent alone or with others.</summary>
    internal static NpgsqlBatchCommand Command(IReadOnlyList<AccessRecord> records) => records is [var one] ? One(one) : Many(records);

    private static NpgsqlBatchCommand One(AccessRecord record)
    {
        var entry = record.Entry;
        return new NpgsqlBatchCommand(InsertOne)
        {
            Parameters =
            {
                Sql.Null(record.PracticeId), Sql.Null(entry.ControllerId), new NpgsqlParameter<Guid> { TypedValue = record.RequestId }, Sql.Null(record.ActorUser),
                Sql.Null(record.ActorName), Sql.Null(record.ActorRole), Sql.Null(entry.Purpose), Sql.Null(entry.Interaction), Sql.Null(entry.ResourceType),
                Sql.Null(entry.ResourceId), Sql.Null(entry.ResourceVersion), Sql.Null((short?)entry.Outcome), Sql.Null(entry.Detail),
                new NpgsqlParameter<string[]> { TypedValue = [.. entry.PatientIds.Distinct(StringComparer.Ordinal)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
    }

    private static NpgsqlBatchCommand Many(IReadOnlyList<AccessRecord> records)
    {
        var command = new NpgsqlBatchCommand(Insert);
        Add(command, NpgsqlDbType.Uuid, records, r => r.PracticeId);
        Add(command, NpgsqlDbType.Uuid, records, r => r.Entry.ControllerId);
        Add(command, NpgsqlDbType.Uuid, records, r => r.RequestId);
        Add(command, NpgsqlDbType.Uuid, records, r => r.ActorUser);
        Add(command, NpgsqlDbType.Text, records, r => r.ActorName);
        Add(command, NpgsqlDbType.Text, records, r => r.ActorRole);
        Add(command, NpgsqlDbType.Text, records, r => r.Entry.Purpose);
        Add(command, NpgsqlDbType.Text, records, r => r.Entry.Interaction);
        Add(command, NpgsqlDbType.Text, records, r => r.Entry.ResourceType);
        Add(command, NpgsqlDbType.Text, records, r => r.Entry.ResourceId);
        Add(command, NpgsqlDbType.Integer, records, r => r.Entry.ResourceVersion);
        Add(command, NpgsqlDbType.Smallint, records, r => r.Entry.Outcome);
        Add(command, NpgsqlDbType.Text, records, r => r.Entry.Detail);

        var numbers = new List<long>();
        var patients = new List<string>();
        for (var n = 0; n < records.Count; n++)
        {
            foreach (var patient in records[n].Entry.PatientIds.Distinct(StringComparer.Ordinal))
            {
                numbers.Add(n + 1);
                patients.Add(patient);
            }
        }

        command.Parameters.Add(new NpgsqlParameter { Value = numbers.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = patients.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return command;
    }

    internal static AccessLeaf Read(NpgsqlDataReader row, int from = 0) => new(
        row.GetInt64(from), row.GetDateTime(from + 1), Uuid(row, from + 2), Uuid(row, from + 3), row.GetGuid(from + 4), Uuid(row, from + 5),
        row.GetString(from + 6), row.GetString(from + 7), row.GetString(from + 8), row.GetString(from + 9), row.GetString(from + 10),
        Text(row, from + 11), row.IsDBNull(from + 12) ? null : row.GetInt32(from + 12), row.GetInt16(from + 13), Text(row, from + 14),
        row.GetFieldValue<string[]>(from + 15));

    private static Guid? Uuid(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static void Add<T>(NpgsqlBatchCommand command, NpgsqlDbType type, IReadOnlyList<AccessRecord> records, Func<AccessRecord, T> value)
    {
        var values = new T[records.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(records[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
