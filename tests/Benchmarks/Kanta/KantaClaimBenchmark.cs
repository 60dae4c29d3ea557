using System.Diagnostics;
using KantaConnector.Queue;
using KantaConnector.Transport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Benchmarks.Kanta;

/// <summary>
/// Claiming signed documents and recording that they were accepted, in batches as the pump does, against the same statements sent bare: no decryption, no
/// objects, no access-log service. Signing is measured by kanta-build.
/// </summary>
internal sealed class KantaClaimBenchmark : IBenchmark
{
    private const int Batch = 128;

    public string Name => "kanta-claim";

    public string Help => "documents claimed and recorded in a second | the bare SQL; at least 70 %";

    public IEnumerable<Figure> Run(bool quick) => [RunAsync(quick).GetAwaiter().GetResult()];

    private async Task<Figure> RunAsync(bool quick)
    {
        var documents = quick ? 2560 : 10_240;
        await using var store = await KantaStore.OpenAsync();
        var certificates = BenchCertificates.Make(Path.Combine(store.Folder, "bench-certificates"));
        await using var services = store.Services(KantaStore.Settings(new Uri("https://localhost:1/mr"), certificates, 4));
        // In turns, each on a queue filled anew; the first round warms up.
        var ours = new List<double>();
        var bare = new List<double>();
        for (var round = 0; round < (quick ? 3 : 4); round++)
        {
            await store.FillSignedAsync(services, documents);
            ours.Add(documents / await OursAsync(services));
            await store.FillSignedAsync(services, documents);
            bare.Add(documents / await BareAsync(store));
        }

        return Share.Of(Name, ours.Skip(1).Average(), bare.Skip(1).Average(), "documents/s", 0.7);
    }

    private static async Task<double> OursAsync(ServiceProvider services)
    {
        var claims = services.GetRequiredService<ClaimDocuments>();
        var record = services.GetRequiredService<RecordOutcomes>();
        var certificate = services.GetRequiredService<KantaCertificates>().Signing.Current().Certificate!;
        var watch = Stopwatch.StartNew();
        while (await claims.Take(Batch, certificate, default) is { Count: > 0 } taken)
        {
            await record.Handle([.. taken.Select(claim => new Finished(claim, new Outcome.Accepted()))], default);
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> BareAsync(KantaStore store)
    {
        await using var connection = await store.ConnectAsync();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var ids = new List<Guid>();
            var fences = new List<long>();
            await using (var claim = await connection.BeginTransactionAsync())
            {
                await using (var take = new NpgsqlCommand(ClaimDocuments.Candidates, connection, claim)
                {
                    Parameters = { new() { Value = Batch }, new() { Value = TimeSpan.FromMinutes(2) }, new() { Value = true }, new() { Value = Array.Empty<Guid>() } },
                })
                await using (var reader = await take.ExecuteReaderAsync())
                {
                    while (await reader.ReadAsync())
                    {
                        ids.Add(reader.GetGuid(0));
                        fences.Add(reader.GetInt64(1));
                        // The bytes cross the wire for us too.
                        reader.GetFieldValue<byte[]>(6);
                        reader.GetFieldValue<byte[]>(7);
                    }
                }

                if (ids.Count == 0)
                {
                    return watch.Elapsed.TotalSeconds;
                }

                await ExecuteAsync(
                    connection, claim, "insert into kanta.attempt (document_id, fence, message_id) select d, f, 'bare.' || nextval('kanta.message_number') from unnest($1, $2) as a(d, f)", ids, fences);
                await claim.CommitAsync();
            }

            await using var result = await connection.BeginTransactionAsync();
            await ExecuteAsync(
                connection, result,
                """
                update kanta.document d set state = 'archived', finished_at = clock_timestamp(), lease_until = null, attempts = attempts + 1, reason = null, codes = null
                from unnest($1, $2) as f(id, fence) where d.id = f.id and d.fence = f.fence and d.state = 'queued'
                """, ids, fences);
            await ExecuteAsync(
                connection, result,
                "update kanta.attempt a set finished_at = clock_timestamp(), outcome = 'accepted' from unnest($1, $2) as f(id, fence) where a.document_id = f.id and a.fence = f.fence", ids, fences);
            await ExecuteAsync(
                connection, result,
                """
                with leaf as (
                  insert into care.access_leaf (request_id, actor_name, actor_role, purpose, interaction, resource_type, resource_id, outcome)
                  select gen_random_uuid(), 'Kanta', 'System', 'archive', 'send', 'KantaDocument', i::text, 0 from unnest($1, $2) as f(i, fence) returning id)
                insert into care.access_leaf_patient (leaf_id, patient_id) select id, 'bench' from leaf
                """, ids, fences);
            await ExecuteAsync(connection, result, "update kanta.endpoint set last_accepted_at = clock_timestamp()", null, null);
            await result.CommitAsync();
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, List<Guid>? ids, List<long>? fences)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        if (ids is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            command.Parameters.Add(new NpgsqlParameter { Value = fences!.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        }

        await command.ExecuteNonQueryAsync();
    }
}
