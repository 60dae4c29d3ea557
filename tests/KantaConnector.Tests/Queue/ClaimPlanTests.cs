using KantaConnector.Queue;
using KantaConnector.Tests.Faults;
using KantaConnector.Tests.Fixtures;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>The claim's statement looks each candidate up in indexes: its cost grows with the batch, not with the batch times the backlog.</summary>
public sealed class ClaimPlanTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Claim_FromABacklog_NeverReadsTheBacklogForEachCandidate()
    {
        await bench.NewNode().Queue(FaultBench.Events(1, notes: 1, correction: false));
        await bench.Database.Execute(
            """
            insert into kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, service_event_oid, body, signature_at, body_start, body_length, wrapper, wrapper_split)
            select gen_random_uuid(), kind, controller_id, 'p' || n, oid || '.' || n, set_id || '.' || n, 1, service_event_oid || '.' || n, body, signature_at, body_start, body_length, wrapper,
              wrapper_split
            from generate_series(1, 2000) n, kanta.document
            """);
        var sql = ClaimDocuments.Candidates.Replace("$1", "200", StringComparison.Ordinal).Replace("$2", "interval '1 minute'", StringComparison.Ordinal)
            .Replace("$3", "true", StringComparison.Ordinal).Replace("$4", "'{}'::uuid[]", StringComparison.Ordinal);
        var plan = await Explain(sql);
        plan.ShouldContain("document_claim");
        plan.ShouldContain("rows=200");
        plan.ShouldNotContain("Anti Join", Case.Sensitive, plan);
        plan.ShouldNotContain("Removed by Join Filter", Case.Sensitive, plan);
    }

    private async Task<string> Explain(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(bench.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using (var analyze = new Npgsql.NpgsqlCommand("analyze kanta.document", connection))
        {
            await analyze.ExecuteNonQueryAsync();
        }
        await using var command = new Npgsql.NpgsqlCommand("explain (analyze, costs off, timing off, summary off) " + sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }
        return string.Join('\n', lines);
    }
}
