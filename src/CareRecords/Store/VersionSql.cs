using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Store;

/// <summary>The statements that put a version in place.</summary>
internal static class VersionSql
{
    private const string InsertRow = """
        insert into care.resource (rid, type, id, version, last_updated, method, patient_id, controller_id, patient_sees_from, body)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    /// <summary>Affects no row where the id is in use.</summary>
    internal static NpgsqlBatchCommand Insert(StoredResource row, byte[] body) => Insert(InsertRow + " on conflict (type, id) do nothing", row, body);

    /// <summary>Fails where the id is in use.</summary>
    internal static NpgsqlBatchCommand InsertFresh(StoredResource row, byte[] body) => Insert(InsertRow, row, body);

    private static NpgsqlBatchCommand Insert(string sql, StoredResource row, byte[] body) => new(sql)
    {
        Parameters =
        {
            new() { Value = row.Key }, new() { Value = row.Type }, new() { Value = row.Id }, new() { Value = row.Version },
            new() { Value = row.LastUpdated }, new() { Value = row.Method }, Text(row.PatientId), Uuid(row.ControllerId), Instant(row.PatientSeesFrom),
            new() { Value = body },
        },
    };

    internal static NpgsqlBatchCommand Update(StoredResource row, byte[] body) => new(
        """
        update care.resource set version = $2, last_updated = $3, method = $4, patient_id = $5, controller_id = $6, patient_sees_from = $7, body = $8
        where rid = $1
        """)
    {
        Parameters =
        {
            new() { Value = row.Key }, new() { Value = row.Version }, new() { Value = row.LastUpdated }, new() { Value = row.Method },
            Text(row.PatientId), Uuid(row.ControllerId), Instant(row.PatientSeesFrom), new() { Value = body },
        },
    };

    internal static NpgsqlBatchCommand Delete(long key, int version, DateTimeOffset at) => new(
        "update care.resource set version = $2, last_updated = $3, method = 'DELETE', body = null where rid = $1")
    {
        Parameters = { new() { Value = key }, new() { Value = version }, new() { Value = at } },
    };

    /// <summary>Copies the current row among the former versions.</summary>
    internal static NpgsqlBatchCommand KeepFormer(long key) => new(
        """
        insert into care.resource_version (type, id, version, last_updated, method, patient_id, controller_id, patient_sees_from, body)
        select type, id, version, last_updated, method, patient_id, controller_id, patient_sees_from, body from care.resource where rid = $1
        """)
    {
        Parameters = { new() { Value = key } },
    };

    private static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Uuid(Guid? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter Instant(DateTimeOffset? value) =>
        new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
