using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>64 clients at once at one identity, on a pool of 20 connections: one creates, nothing is lost, nobody gets a fault of the server.</summary>
public sealed class CrowdTests(CareDatabase database) : IAsyncLifetime
{
    private const int Crowd = 64;
    private readonly string _key = Guid.NewGuid().ToString("N");
    private NpgsqlDataSource _pool = null!;
    private FhirServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _pool = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 20 });
        _server = await FhirServer.StartAsync(database, new() { ["Fhir:Conformance"] = "true" }, s => s.AddSingleton(_pool));
        _client = await _server.ClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _pool.DisposeAsync();
    }

    [Fact]
    public async Task ConditionalCreates_CreateOne()
    {
        var answers = await AllAsync(_ => _client.SendAsync(HttpMethod.Post, "Patient", Patient(), ("If-None-Exist", $"identifier=urn:test|{_key}")));
        Statuses(answers).ShouldBe("200×63 201×1");
        (await CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task ConditionalCreatesInTransactions_CreateOne()
    {
        var answers = await AllAsync(_ => _client.SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:{{{Guid.NewGuid()}}}","resource":{{{Patient()}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test|{{{_key}}}"}},
              {"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient?identifier=urn:other|{{{_key}}}"}},"request":{"method":"POST","url":"Basic"}} ]}
            """));
        // The conditional reference leads nowhere, so that every one of them is undone.
        Statuses(answers).ShouldBe("412×64");
        (await CountAsync()).ShouldBe(0);
        answers = await AllAsync(_ => _client.SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"resource":{{{Patient()}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test|{{{_key}}}"} } ]}
            """));
        Statuses(answers).ShouldBe("200×64");
        (await CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task ConditionalUpdates_CreateOneAndKeepEveryVersion()
    {
        var answers = await AllAsync(_ => _client.SendAsync(HttpMethod.Put, $"Patient?identifier=urn:test%7C{_key}", Patient()));
        Statuses(answers).ShouldBe("200×63 201×1");
        answers.Select(a => a.Headers.ETag!.Tag).Distinct().Count().ShouldBe(Crowd);
        (await CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task ConditionalPatches_AreAllDone()
    {
        var id = await _client.CreateAsync("Patient", Patient());
        var answers = await AllAsync(i => PatchAsync($"Patient?identifier=urn:test%7C{_key}", $$"""[{"op":"add","path":"/name/-","value":{"family":"N{{i}}"} }]"""));
        Statuses(answers).ShouldBe("200×64");
        var patient = await (await _client.GetAsync($"Patient/{id}", TestContext.Current.CancellationToken)).JsonAsync();
        patient["name"]!.AsArray().Count.ShouldBe(Crowd + 1);
    }

    [Fact]
    public async Task ConditionalDeletes_DeleteOnce()
    {
        var id = await _client.CreateAsync("Patient", Patient());
        Statuses(await AllAsync(_ => _client.SendAsync(HttpMethod.Delete, $"Patient?identifier=urn:test%7C{_key}"))).ShouldBe("204×64");
        var history = await (await _client.GetAsync($"Patient/{id}/_history", TestContext.Current.CancellationToken)).JsonAsync();
        history["entry"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task UpdatesOfOneVersion_AreWonByOne_AndRetriedAllOfThemCount()
    {
        var id = await _client.CreateAsync("Basic", Counter(null, 0));
        var once = await AllAsync(i => _client.SendAsync(HttpMethod.Put, $"Basic/{id}", Counter(id, 0), ("If-Match", "W/\"1\"")));
        Statuses(once).ShouldBe("200×1 412×63");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AddOneAsync(id)));
        var counted = await (await _client.GetAsync($"Basic/{id}", TestContext.Current.CancellationToken)).JsonAsync();
        counted["extension"]![0]!["valueInteger"]!.GetValue<int>().ShouldBe(16);
    }

    [Fact]
    public async Task CreatesByTheClientsId_CreateOne()
    {
        var id = Some.Id();
        Statuses(await AllAsync(_ => _client.SendAsync(HttpMethod.Put, $"Basic/{id}", Counter(id, 0)))).ShouldBe("200×63 201×1");
        var other = Some.Id();
        Statuses(await AllAsync(_ => _client.SendAsync(HttpMethod.Put, $"Basic/{other}", Counter(other, 0), ("If-None-Match", "*")))).ShouldBe("201×1 412×63");
    }

    [Fact]
    public async Task TransactionsThatLockInOppositeOrder_AllEndWell()
    {
        string[] ids = [Some.Id(), Some.Id()];
        var answers = await AllAsync(i => _client.SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[{{{string.Join(',', (i % 2 == 0 ? ids : ids.Reverse()).Select(id =>
                $$$"""{"resource":{{{Counter(id, i)}}},"request":{"method":"PUT","url":"Basic/{{{id}}}"}}"""))}}}]}
            """));
        Statuses(answers).ShouldBe("200×64");
    }

    [Fact]
    public async Task Readers_AreServedWhileACrowdWaitsForOneLock()
    {
        var id = await _client.CreateAsync("Basic", Counter(null, 0));
        await using var holder = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("select 1 from care.resource where type = 'Basic' and id = $1 for update", holder, transaction) { Parameters = { new() { Value = id } } })
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var crowd = AllAsync(_ => _client.SendAsync(HttpMethod.Put, $"Basic/{id}", Counter(id, 1)));
        var readers = await AllAsync(_ => _client.GetAsync($"Basic/{id}", TestContext.Current.CancellationToken));
        Statuses(readers).ShouldBe("200×64");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        Statuses(await crowd).ShouldBe("200×64");
    }

    private async Task AddOneAsync(string id)
    {
        while (true)
        {
            var read = await _client.GetAsync($"Basic/{id}", TestContext.Current.CancellationToken);
            var value = (await read.JsonAsync())["extension"]![0]!["valueInteger"]!.GetValue<int>();
            var put = await _client.SendAsync(HttpMethod.Put, $"Basic/{id}", Counter(id, value + 1), ("If-Match", read.Headers.ETag!.ToString()));
            if (put.IsSuccessStatusCode)
            {
                return;
            }

            put.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        }
    }

    private Task<HttpResponseMessage> PatchAsync(string url, string patch) => _client.PatchAsync(
        url, FhirHttp.Content(patch, "application/json-patch+json"), TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage[]> AllAsync(Func<int, Task<HttpResponseMessage>> one) => Task.WhenAll(Enumerable.Range(0, Crowd).Select(one));

    private static string Statuses(HttpResponseMessage[] answers) =>
        string.Join(' ', answers.GroupBy(a => (int)a.StatusCode).OrderBy(g => g.Key).Select(g => $"{g.Key}×{g.Count()}"));

    private async Task<int> CountAsync() =>
        (await (await _client.GetAsync($"Patient?identifier=urn:test%7C{_key}&_summary=count", TestContext.Current.CancellationToken)).JsonAsync())["total"]!.GetValue<int>();

    private string Patient() => $$"""{"resourceType":"Patient","identifier":[{"system":"urn:test","value":"{{_key}}"}],"name":[{"family":"Testi"}]}""";

    private static string Counter(string? id, int value)
    {
        var json = JsonNode.Parse($$"""{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:test:n","valueInteger":{{value}}}]}""")!;
        if (id is not null)
        {
            json["id"] = id;
        }

        return json.ToJsonString();
    }
}
