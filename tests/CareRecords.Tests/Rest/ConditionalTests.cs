using System.Net;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>Conditional writes and Bundles, and that of many at once exactly one creates.</summary>
public sealed class ConditionalTests(CareDatabase database)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Create_By64ClientsWithTheSameIfNoneExist_CreatesExactlyOne()
    {
        using var client = await database.Server.ClientAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => client.SendAsync(
            HttpMethod.Post, "Patient", Patient(_key), ("If-None-Exist", $"identifier=urn:test|{_key}"))));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(63);
        answers.Select(a => a.Headers.Location!.ToString()).Distinct().Count().ShouldBe(1);
        (await CountAsync(client)).ShouldBe(1);
    }

    [Fact]
    public async Task Create_PlainAndConditionalAtOnce_LeavesNoConditionalDuplicate()
    {
        using var client = await database.Server.ClientAsync();
        var plain = client.SendAsync(HttpMethod.Post, "Patient", Patient(_key));
        var conditional = Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.SendAsync(
            HttpMethod.Post, "Patient", Patient(_key), ("If-None-Exist", $"identifier=urn:test|{_key}"))));
        await plain;
        var created = (await conditional).Count(a => a.StatusCode == HttpStatusCode.Created);
        // Either the plain one came first and all found it, or one conditional came first and the plain one, which asks nothing, added its own.
        (await CountAsync(client)).ShouldBe(1 + created);
        created.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Update_By32ClientsWithTheSameCriteria_CreatesOneAndUpdatesIt()
    {
        using var client = await database.Server.ClientAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => client.SendAsync(
            HttpMethod.Put, $"Patient?identifier=urn:test%7C{_key}", Patient(_key))));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(31);
        (await CountAsync(client)).ShouldBe(1);
    }

    [Fact]
    public async Task Create_ByOtherCriteriaAtOnce_CreatesExactlyOne()
    {
        using var client = await database.Server.ClientAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.SendAsync(
            HttpMethod.Post, "Organization", $$"""{"resourceType":"Organization","name":"{{_key}}"}""", ("If-None-Exist", $"name={_key}"))));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
    }

    [Fact]
    public async Task Conditions_WithSeveralMatches_Are412_AndAnUnknownOneIs400()
    {
        using var client = await database.Server.ClientAsync();
        await client.CreateAsync("Patient", Patient(_key));
        await client.CreateAsync("Patient", Patient(_key));
        (await client.SendAsync(HttpMethod.Post, "Patient", Patient(_key), ("If-None-Exist", $"identifier=urn:test|{_key}"))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.SendAsync(HttpMethod.Put, $"Patient?identifier=urn:test%7C{_key}", Patient(_key))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.SendAsync(HttpMethod.Delete, $"Patient?identifier=urn:test%7C{_key}")).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.SendAsync(HttpMethod.Delete, "Patient?colour=red")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.SendAsync(HttpMethod.Delete, "Patient")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CountAsync(client)).ShouldBe(2);
    }

    [Fact]
    public async Task Transaction_WithUrnAndConditionalReferences_StoresAllAndResolvesThem()
    {
        using var client = await database.Server.ClientAsync();
        await client.CreateAsync("Organization", $$"""{"resourceType":"Organization","name":"O","identifier":[{"system":"urn:test","value":"o{{_key}}"}]}""");
        var response = await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", $$$"""
            {"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0b","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"},"performer":[{"reference":"Organization?identifier=urn:test|o{{{_key}}}"}],"valueQuantity":{"value":1.50}},"request":{"method":"POST","url":"Observation"}},
            {"fullUrl":"urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9","resource":{{{Patient(_key)}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test|{{{_key}}}"}},
            {"request":{"method":"GET","url":"Patient?identifier=urn:test|{{{_key}}}"}}
            """));
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        body["type"]!.GetValue<string>().ShouldBe("transaction-response");
        var observation = body["entry"]![0]!["resource"]!;
        observation["subject"]!["reference"]!.GetValue<string>().ShouldBe("Patient/" + body["entry"]![1]!["resource"]!["id"]!.GetValue<string>());
        observation["performer"]![0]!["reference"]!.GetValue<string>().ShouldStartWith("Organization/");
        observation["valueQuantity"]!["value"]!.ToJsonString().ShouldBe("1.50");
        body["entry"]![0]!["response"]!["location"]!.GetValue<string>().ShouldEndWith("/_history/1");
        body["entry"]![2]!["resource"]!["total"]!.GetValue<int>().ShouldBe(1, "a GET sees what the transaction wrote");
    }

    [Fact]
    public async Task Transaction_WithOneBadEntry_StoresNothingAndNamesIt()
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", $$$"""
            {"resource":{{{Patient(_key)}}},"request":{"method":"POST","url":"Patient"}},
            {"resource":{"resourceType":"Observation","code":{"text":"x"}},"request":{"method":"POST","url":"Observation"}}
            """));
        ((int)response.StatusCode).ShouldBe(422);
        (await response.JsonAsync())["issue"]![0]!["expression"]![0]!.GetValue<string>().ShouldBe("Bundle.entry[1]");
        (await CountAsync(client)).ShouldBe(0);
    }

    [Fact]
    public async Task Transaction_WithTheSameIdentityTwice_CreatesItOnce_AndWritesNoIdTwice()
    {
        using var client = await database.Server.ClientAsync();
        var entry = $$$"""{"resource":{{{Patient(_key)}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test|{{{_key}}}"}}""";
        (await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", entry + "," + entry))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var put = """{"resource":{"resourceType":"Organization","id":"twice","name":"a"},"request":{"method":"PUT","url":"Organization/twice"}}""";
        (await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", put + "," + put))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CountAsync(client)).ShouldBe(1);
    }

    [Fact]
    public async Task Transactions_32AtOnceWithTheSameIfNoneExist_CreateExactlyOne()
    {
        using var client = await database.Server.ClientAsync();
        var bundle = Bundle("transaction", $$$"""{"resource":{{{Patient(_key)}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test|{{{_key}}}"}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => client.SendAsync(HttpMethod.Post, "", bundle)));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        (await CountAsync(client)).ShouldBe(1);
    }

    [Fact]
    public async Task Batch_RunsEachEntryByItself()
    {
        using var client = await database.Server.ClientAsync();
        var body = await (await client.SendAsync(HttpMethod.Post, "", Bundle("batch", $$$"""
            {"resource":{{{Patient(_key)}}},"request":{"method":"POST","url":"Patient"}},
            {"resource":{"resourceType":"Observation","code":{"text":"x"}},"request":{"method":"POST","url":"Observation"}},
            {"request":{"method":"GET","url":"Patient/none"}},
            {"request":{"method":"GET","url":"Patient?identifier=urn:test|{{{_key}}}"}},
            {"request":{"method":"GET","url":"Medication/x"}}
            """))).JsonAsync();
        body["entry"]!.AsArray().Select(e => e!["response"]!["status"]!.GetValue<string>()).ShouldBe(["201", "422", "404", "200", "404"]);
        body["entry"]![3]!["resource"]!["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("https://elsewhere.example/Patient")]
    [InlineData("../Patient")]
    [InlineData("Patient/%2e%2e/x")]
    public async Task Batch_WithAnAddressOutside_IsRefused(string url)
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.SendAsync(HttpMethod.Post, "", Bundle("batch", $$$"""{"request":{"method":"GET","url":"{{{url}}}"}}"""));
        (await response.JsonAsync())["entry"]![0]!["response"]!["status"]!.GetValue<string>().ShouldBe("400");
    }

    private static string Patient(string key) => $$"""{"resourceType":"Patient","identifier":[{"system":"urn:test","value":"{{key}}"}]}""";

    private static string Bundle(string type, string entries) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{entries}}]}""";

    private async Task<int> CountAsync(HttpClient client) =>
        (await (await client.GetAsync($"Patient?identifier=urn:test%7C{_key}&_summary=count", TestContext.Current.CancellationToken)).JsonAsync())["total"]!.GetValue<int>();
}
