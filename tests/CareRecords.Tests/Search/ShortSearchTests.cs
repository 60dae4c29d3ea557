using System.Net;
using System.Text.Json.Nodes;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>Searches of different callers that share a round trip to the database.</summary>
public sealed class ShortSearchTests(CareDatabase database)
{
    [Fact]
    public async Task Statement_ThatFails_FailsAlone()
    {
        using var client = await database.Server.ClientAsync();
        var (one, other) = (await client.CreateAsync("Observation", Observation(Some.Id())), await client.CreateAsync("Observation", Observation(Some.Id())));
        var answers = await database.Services.GetRequiredService<ShortSearches>().RunAsync([Read("r.id", one), Read("(1 / length(''))::text", one), Read("r.id", other)]);
        (await answers[0]).ShouldHaveSingleItem().Resource.Id.ShouldBe(one);
        (await Should.ThrowAsync<PostgresException>(answers[1])).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        (await answers[2]).ShouldHaveSingleItem().Resource.Id.ShouldBe(other);
    }

    [Fact]
    public async Task ManySearchesAtOnce_EachGetsItsOwnAnswer()
    {
        using var client = await database.Server.ClientAsync();
        var patients = Enumerable.Range(0, 20).Select(_ => Some.Id()).ToArray();
        var created = new Dictionary<string, string>();
        foreach (var patient in patients)
        {
            created[patient] = await client.CreateAsync("Observation", Observation(patient));
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (n, cancel) =>
        {
            var patient = patients[n % patients.Length];
            // Nobody has the second code, so that answers of different lengths stand in one round trip.
            var code = n % 3 == 0 ? "nobodys" : "8867-4";
            var found = await FoundAsync(client, $"Observation?subject=Patient/{patient}&code={code}");
            found.Ids.ShouldBe(n % 3 == 0 ? [] : [created[patient]]);
        });
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("&_total=accurate", 5)]
    [InlineData("&_total=none", null)]
    [InlineData("&_total=none&_sort=-date", null)]
    public async Task Pages_ThatBeginWithAShortSearch_ShowEachRecordOnce(string more, int? total)
    {
        using var client = await database.Server.ClientAsync();
        var patient = Some.Id();
        var created = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            created.Add(await client.CreateAsync("Observation", Observation(patient)));
        }

        var seen = new List<string>();
        var pages = new List<int>();
        for (var url = $"Observation?subject=Patient/{patient}&_count=2{more}"; url is not null;)
        {
            var page = await FoundAsync(client, url);
            page.Total.ShouldBe(total);
            pages.Add(page.Ids.Count);
            seen.AddRange(page.Ids);
            url = page.Next;
        }

        pages.ShouldBe([2, 2, 1]);
        seen.ShouldBe(created, ignoreOrder: true);
    }

    private static async Task<(List<string> Ids, int? Total, string? Next)> FoundAsync(HttpClient client, string url)
    {
        var response = await client.GetAsync(url, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, url);
        var bundle = await response.JsonAsync();
        return (
            [.. (bundle["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!["id"]!.GetValue<string>())], bundle["total"]?.GetValue<int>(),
            bundle["link"]!.AsArray().SingleOrDefault(l => l!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>());
    }

    private static NpgsqlBatchCommand Read(string id, string of) => new($"select {ResourceRows.Columns.Replace("r.id", id)}, r.rid from care.resource r where r.id = $1")
    {
        Parameters = { new() { Value = of } },
    };

    private static string Observation(string patient) => new JsonObject
    {
        ["resourceType"] = "Observation",
        ["status"] = "final",
        ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://loinc.org", ["code"] = "8867-4" }) },
        ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
        ["effectiveDateTime"] = "2026-01-02T10:00:00+02:00",
    }.ToJsonString();
}
