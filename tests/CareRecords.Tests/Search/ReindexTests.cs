using CareRecords.Database;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>A database of its own: a re-index goes over everything.</summary>
public sealed class ReindexTests(ReindexTests.OwnDatabase database) : IClassFixture<ReindexTests.OwnDatabase>
{
    public sealed class OwnDatabase : CareDatabaseFixture;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reindex_OfDamagedIndex_FindsEverythingAgain_WhileOthersWrite_AndGoesOnWhereItWasStopped()
    {
        await using var server = await FhirServer.StartAsync(database, more: s => Projections.AddTo(s, "Patient"));
        using var client = await server.ClientAsync();
        var ids = new List<string>();
        for (var n = 0; n < 250; n++)
        {
            ids.Add(await client.CreateAsync("Patient", $$"""{"resourceType":"Patient","name":[{"family":"Vanha{{n}}"}],"birthDate":"1990-01-01"}"""));
        }

        await ExecuteAsync("delete from care.index_text");
        await ExecuteAsync("update care.index_date set low = '1800-01-01', high = '1800-01-02'");
        (await CountAsync(client, "family=vanha")).ShouldBe(0);

        var reindex = database.Services.GetRequiredService<Reindex>();
        await foreach (var first in reindex.RunAsync(afresh: false, Cancel))
        {
            first.ShouldBe(new ReindexProgress(100, 250, 0, false));
            break;
        }

        // Written between and during the runs: once, and in today's form.
        await client.SendAsync(HttpMethod.Put, $"Patient/{ids[3]}", $$"""{"resourceType":"Patient","id":"{{ids[3]}}","name":[{"family":"Uusi"}]}""");
        var writing = Task.Run(
            async () =>
            {
                for (var n = 0; n < 60; n++)
                {
                    var id = ids[100 + n];
                    var answer = await client.SendAsync(
                        HttpMethod.Put, $"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"Muutettu{{n}}"}],"birthDate":"1990-01-01"}""");
                    answer.IsSuccessStatusCode.ShouldBeTrue();
                }
            },
            Cancel);
        ReindexProgress? last = null;
        await foreach (var step in reindex.RunAsync(afresh: false, Cancel))
        {
            last = step;
        }

        await writing;
        last.ShouldBe(new ReindexProgress(250, 250, 0, true));
        (await CountAsync(client, "family=vanha")).ShouldBe(189);
        (await CountAsync(client, "family=muutettu")).ShouldBe(60);
        (await CountAsync(client, "family=uusi")).ShouldBe(1);
        (await CountAsync(client, "birthdate=1990-01-01")).ShouldBe(249);
        (await ScalarAsync("select count(*) from (select from care.index_text group by param, value, exact, rid having count(*) > 1) twice")).ShouldBe(0);
    }

    [Fact]
    public async Task Reindex_WhileAnotherRuns_IsRefused()
    {
        await using var other = await database.DataSource.OpenConnectionAsync(Cancel);
        (await SessionLock.TryTakeAsync(other, 32199650843059576, Cancel)).ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await foreach (var step in database.Services.GetRequiredService<Reindex>().RunAsync(afresh: true, Cancel))
            {
                step.Done.ShouldBe(0);
            }
        });
        await SessionLock.ReleaseAsync(other, 32199650843059576);
    }

    private static async Task<int> CountAsync(HttpClient client, string query) =>
        (await (await client.SendAsync(HttpMethod.Get, $"Patient?{query}&_summary=count")).JsonAsync())["total"]!.GetValue<int>();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
