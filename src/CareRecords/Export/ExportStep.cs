using System.Buffers;
using CareRecords.Protection;
using CareRecords.Rest;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CareRecords.Export;

/// <summary>
/// Writes one file of an export: records of one type in the order of their keys, from where the last file ended. File and progress are one transaction, so that a program that dies goes on from its last file.
/// </summary>
internal sealed class ExportStep(
    NpgsqlDataSource dataSource, IServiceProvider services, ResourceRows rows, SearchKeys hashes, SearchCodes codes, SearchTable table, FieldCipher cipher, TokenLookup tokens, ServedTypes types,
    TimeProvider clock, IOptions<FhirOptions> options)
{
    private const int MostBytes = 8 * 1024 * 1024;
    private const int MostRecords = 10_000;
    private const int Page = 500;

    /// <summary>False when the export has ended, failed or been taken from this node.</summary>
    internal async Task<bool> RunAsync(ExportClaim job, CancellationToken cancel)
    {
        // The token is asked anew for every file: who is revoked meanwhile gets nothing more.
        if (await tokens.ByIdAsync(job.TokenId, cancel) is not { } token)
        {
            return await FailAsync(job, "The token that asked for this export has ended.", cancel);
        }

        if (job.Bytes > options.Value.MaxExportBytes)
        {
            return await FailAsync(job, "The export is larger than this server keeps; ask for fewer types, or with _since.", cancel);
        }

        var rights = AccessRights.Of(types, token, clock.GetUtcNow());
        var type = job.Types[job.TypeIndex];
        var (lines, patients, records, more) = (new ArrayBufferWriter<byte>(), new SortedSet<string>(StringComparer.Ordinal), 0, ExportRequest.Readable(rights, type));
        var elements = Elements(job, type);
        while (more && records < MostRecords && lines.WrittenCount < MostBytes)
        {
            var page = await PageAsync(job, rights, type, cancel);
            foreach (var found in page.Where(f => f.Json is not null))
            {
                lines.Write(elements.Count == 0 ? found.Json : Subset.Of(found.Json!, "", elements));
                lines.Write("\n"u8);
                records++;
                if (found.PatientId is { } patient)
                {
                    patients.Add(patient);
                }
            }

            (job.LastKey, more) = (page.Count > 0 ? page[^1].Key : job.LastKey, page.Count == Page);
        }

        if (!more)
        {
            (job.TypeIndex, job.LastKey) = (job.TypeIndex + 1, 0);
        }

        return await SaveAsync(job, type, lines.WrittenMemory, records, [.. patients], cancel) && job.TypeIndex < job.Types.Count;
    }

    /// <summary>"Patient.name" is about patients only, "name" about every type; none: whole records.</summary>
    private static List<string> Elements(ExportClaim job, string type) => [.. job.Elements.Select(e => e.Split('.')).Where(p => p.Length == 1 || p[0] == type).Select(p => p[^1])];

    private async Task<List<StoredResource>> PageAsync(ExportClaim job, AccessRights rights, string type, CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand { Connection = connection };
        var sql = new SearchSql(command, hashes.Live, rights, job.BaseUrl, clock.GetUtcNow());
        var where = $"r.type = {sql.Add(type)} and r.method <> 'DELETE' and r.rid > {sql.Add(job.LastKey)} and r.last_updated <= {sql.Add(job.TransactionTime)} and {Reach.Sql(rights, "r", command)}";
        if (job.Since is { } since)
        {
            where += $" and r.last_updated >= {sql.Add(since)}";
        }

        if (job.Patients is { } patients)
        {
            where += " and " + InCompartments(sql, type, patients);
        }

        var any = new List<string>();
        foreach (var query in ExportRequest.Queries(services, job.Filters, type))
        {
            var resolved = await codes.ResolveAsync(connection, null, rights, query, cancel);
            any.Add($"({string.Join(" and ", resolved.Criteria.Select(c => sql.Condition(c, "r")))})");
        }

        command.CommandText = $"select {ResourceRows.Columns}, r.rid from care.resource r where {where}{(any.Count > 0 ? $" and ({string.Join(" or ", any)})" : "")} order by r.rid limit {Page}";
        return await rows.ManyAsync(command, cancel);
    }

    private string InCompartments(SearchSql sql, string type, IReadOnlyList<string> patients)
    {
        if (type == "Patient")
        {
            return patients.Count == 0 ? "true" : $"r.id = any({sql.Add(patients.ToArray())})";
        }

        var keys = Fhir.Search.Compartments.Parameters("Patient", type).Select(p => table.Find(type, p)).OfType<SearchIndex>().Select(i => i.Key).ToArray();
        var whose = patients.Count == 0 ? "" : $" and x.target = any({sql.Add(patients.ToArray())})";
        return $"exists (select from care.index_reference x where x.rid = r.rid and x.param = any({sql.Add(keys)}) and x.target_type = 'Patient'{whose})";
    }

    private async Task<bool> SaveAsync(ExportClaim job, string type, ReadOnlyMemory<byte> lines, int records, string[] patients, CancellationToken cancel)
    {
        var number = job.Files + 1;
        var packed = records == 0 ? null : await cipher.EncryptAsync(KeyScope.Practice, ExportStatus.Place(job.Id.ToString(), number), ResourceBytes.Pack(lines.Span), cancel);
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var noted = new NpgsqlCommand(
            """
            update care.export_job set type_index = $3, last_key = $4, records = records + $5, bytes = bytes + $6, lease_until = now() + interval '1 minute',
              state = case when $7 then 'done' else state end, expires_at = case when $7 then now() + make_interval(hours => $8) else expires_at end
            where id = $1 and lease = $2 and state = 'waiting'
            """,
            connection, transaction)
        {
            Parameters =
            {
                new() { Value = job.Id }, new() { Value = job.Lease }, new() { Value = job.TypeIndex }, new() { Value = job.LastKey }, new() { Value = (long)records },
                new() { Value = (long)lines.Length }, new() { Value = job.TypeIndex >= job.Types.Count }, new() { Value = options.Value.ExportHours },
            },
        };
        if (await noted.ExecuteNonQueryAsync(cancel) == 0)
        {
            return false;
        }

        if (packed is not null)
        {
            await using var file = new NpgsqlCommand("insert into care.export_file (job_id, number, type, records, patients, content) values ($1, $2, $3, $4, $5, $6)", connection, transaction)
            {
                Parameters = { new() { Value = job.Id }, new() { Value = number }, new() { Value = type }, new() { Value = records }, new() { Value = patients }, new() { Value = packed } },
            };
            await file.ExecuteNonQueryAsync(cancel);
            (job.Files, job.Bytes) = (number, job.Bytes + lines.Length);
        }

        await transaction.CommitAsync(cancel);
        return true;
    }

    internal async Task<bool> FailAsync(ExportClaim job, string fault, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            """
            with files as (delete from care.export_file where job_id = $1)
            update care.export_job set state = 'failed', fault = $3, expires_at = now() + interval '1 day' where id = $1 and lease = $2 and state = 'waiting'
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = job.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = job.Lease });
        command.Parameters.Add(new NpgsqlParameter { Value = fault });
        await command.ExecuteNonQueryAsync(cancel);
        return false;
    }
}
