using Npgsql;

namespace CareRecords.Export;

/// <summary>An export that this node works at: what was asked, and where it stands. Whoever holds the lease writes; a lost lease writes nothing.</summary>
internal sealed record ExportClaim(
    Guid Id, Guid Lease, Guid TokenId, string BaseUrl, IReadOnlyList<string> Types, IReadOnlyList<string>? Patients, DateTimeOffset? Since, IReadOnlyList<string> Elements,
    IReadOnlyList<string> Filters, DateTimeOffset TransactionTime)
{
    internal int TypeIndex { get; set; }

    internal long LastKey { get; set; }

    internal int Files { get; set; }

    internal long Bytes { get; set; }

    /// <summary>The longest-waiting export that nobody works at, once all that was being written when it was asked for has ended. Null: there is none.</summary>
    internal static async Task<ExportClaim?> TryAsync(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            """
            update care.export_job j set lease = $1, lease_until = now() + interval '1 minute'
            where id = (
              select id from care.export_job where state = 'waiting' and (lease_until is null or lease_until < now()) and pg_snapshot_xmin(pg_current_snapshot()) >= after
              order by id for update skip locked limit 1)
            returning id, token_id, base_url, types, patients, since, elements, filters, transaction_time, type_index, last_key,
              (select count(*)::int from care.export_file f where f.job_id = j.id), bytes
            """);
        var lease = Guid.CreateVersion7();
        command.Parameters.Add(new NpgsqlParameter { Value = lease });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new ExportClaim(
                row.GetGuid(0), lease, row.GetGuid(1), row.GetString(2), row.GetFieldValue<string[]>(3), row.IsDBNull(4) ? null : row.GetFieldValue<string[]>(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<string[]>(6), row.GetFieldValue<string[]>(7), row.GetFieldValue<DateTimeOffset>(8))
            {
                TypeIndex = row.GetInt32(9),
                LastKey = row.GetInt64(10),
                Files = row.GetInt32(11),
                Bytes = row.GetInt64(12),
            }
            : null;
    }

    /// <summary>Another node, or this program after its next start, may go on at once.</summary>
    internal async Task ReleaseAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand("update care.export_job set lease_until = null where id = $1 and lease = $2 and state = 'waiting'");
        command.Parameters.Add(new NpgsqlParameter { Value = Id });
        command.Parameters.Add(new NpgsqlParameter { Value = Lease });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Deletes what has expired; says whether an export waits for others' transactions to end.</summary>
    internal static async Task<bool> TidyAsync(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            """
            with gone as (delete from care.export_job where expires_at < now())
            select exists (select from care.export_job where state = 'waiting' and lease_until is null and expires_at > now())
            """);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
