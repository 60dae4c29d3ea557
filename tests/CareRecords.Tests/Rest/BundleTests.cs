using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>batch and transaction: every verb, conditions, links between entries, and what the answers say.</summary>
public sealed class BundleTests(CareDatabase database)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("batch")]
    [InlineData("transaction")]
    public async Task Patch_AndHead_StandInABundle(string type)
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", Organization("A"));
        var patch = Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op":"replace","path":"/name","value":"B"}]"""));
        var entries = await EntriesAsync(client, type, $$"""
            {"request":{"method":"HEAD","url":"Organization/{{id}}"} },
            {"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{patch}}"},"request":{"method":"PATCH","url":"Organization/{{id}}","ifMatch":"W/\"1\""} },
            {"request":{"method":"GET","url":"Organization?_id={{id}}"} }
            """);
        (Status(entries[0]!), entries[0]!["response"]!["etag"]!.GetValue<string>(), entries[0]!["resource"]).ShouldBe(("200", type == "batch" ? "W/\"1\"" : "W/\"2\"", null));
        (Status(entries[1]!), entries[1]!["response"]!["location"]!.GetValue<string>()).ShouldBe(("200", $"{database.Server.Base}Organization/{id}/_history/2"));
        entries[1]!["resource"]!["name"]!.GetValue<string>().ShouldBe("B");
        entries[1]!["fullUrl"]!.GetValue<string>().ShouldBe($"{database.Server.Base}Organization/{id}");
        entries[2]!["resource"]!["entry"]![0]!["resource"]!["name"]!.GetValue<string>().ShouldBe("B");
    }

    [Fact]
    public async Task ConditionalPatch_ByFhirPath_StandsInATransaction()
    {
        using var client = await database.Server.ClientAsync();
        await client.CreateAsync("Organization", Organization("A"));
        var entries = await EntriesAsync(client, "transaction", $$$"""
            {"resource":{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Organization.name"},{"name":"value","valueString":"B"}]}]},
             "request":{"method":"PATCH","url":"Organization?identifier=urn:test|{{{_key}}}"}}
            """);
        (Status(entries[0]!), entries[0]!["resource"]!["name"]!.GetValue<string>()).ShouldBe(("200", "B"));
    }

    [Fact]
    public async Task Conditions_OfEntries_AreJudged()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", Organization("A"));
        var entries = await EntriesAsync(client, "batch", $$$"""
            {"request":{"method":"GET","url":"Organization/{{{id}}}","ifNoneMatch":"W/\"1\""}},
            {"request":{"method":"GET","url":"Organization/{{{id}}}","ifModifiedSince":"2100-01-01T00:00:00Z"}},
            {"resource":{"resourceType":"Organization","id":"{{{id}}}","name":"B"},"request":{"method":"PUT","url":"Organization/{{{id}}}","ifMatch":"W/\"7\""}},
            {"resource":{{{Organization("C")}}},"request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=urn:test|{{{_key}}}"}},
            {"request":{"method":"DELETE","url":"Organization/{{{id}}}","ifMatch":"W/\"7\""}},
            {"request":{"method":"GET","url":"Organization/{{{Some.Id()}}}"}}
            """);
        entries.Select(e => Status(e!)).ShouldBe(["304", "304", "412", "200", "412", "404"]);
        entries[2]!["response"]!["outcome"]!["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
        entries[3]!["response"]!["location"]!.GetValue<string>().ShouldEndWith($"Organization/{id}/_history/1");
    }

    [Fact]
    public async Task Links_AreReplacedWhereTheSpecificationSays_AndNowhereElse()
    {
        using var client = await database.Server.ClientAsync();
        const string urn = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9";
        var entries = await EntriesAsync(client, "transaction", $$$"""
            {"fullUrl":"https://elsewhere.example/fhir/Organization/o1","resource":{"resourceType":"Organization","id":"o1","name":"{{{urn}}}","identifier":[{"system":"urn:test","value":"{{{_key}}}"}],
              "extension":[{"url":"urn:test:link","valueUri":"{{{urn}}}"},{"url":"urn:test:canonical","valueCanonical":"{{{urn}}}"}],
              "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{{{urn}}}\">{{{urn}}}</a></div>"}},
             "request":{"method":"POST","url":"Organization"}},
            {"fullUrl":"{{{urn}}}","resource":{"resourceType":"Organization","name":"b","identifier":[{"system":"urn:test","value":"{{{urn}}}"}],"partOf":{"reference":"https://elsewhere.example/fhir/Organization/o1"}},
             "request":{"method":"POST","url":"Organization"}},
            {"fullUrl":"https://elsewhere.example/fhir/Location/l1","resource":{"resourceType":"Location","name":"l","managingOrganization":{"reference":"Organization/o1"}},
             "request":{"method":"POST","url":"Location"}}
            """);
        var (first, second) = (entries[0]!["resource"]!, entries[1]!["resource"]!);
        var (firstAt, secondAt) = ($"Organization/{first["id"]}", $"Organization/{second["id"]}");
        first["extension"]![0]!["valueUri"]!.GetValue<string>().ShouldBe(secondAt);
        first["extension"]![1]!["valueCanonical"]!.GetValue<string>().ShouldBe(urn);
        first["name"]!.GetValue<string>().ShouldBe(urn);
        first["text"]!["div"]!.GetValue<string>().ShouldContain($"<a href=\"{secondAt}\">{urn}</a>");
        second["identifier"]![0]!["value"]!.GetValue<string>().ShouldBe(urn);
        second["partOf"]!["reference"]!.GetValue<string>().ShouldBe(firstAt);
        entries[2]!["resource"]!["managingOrganization"]!["reference"]!.GetValue<string>().ShouldBe(firstAt);
    }

    [Theory]
    [InlineData("""{"request":{"method":"GET","url":"../Patient/x"}}""", 400)]
    [InlineData("""{"request":{"method":"GET","url":"https://elsewhere.example/fhir/Patient/x"}}""", 400)]
    [InlineData("""{"request":{"method":"GET","url":"Patient/%2e%2e/x"}}""", 400)]
    [InlineData("""{"request":{"method":"OPTIONS","url":"Patient"}}""", 400)]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/x"}}""", 400)]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient/x"}}""", 400)]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient"}}""", 400)]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/x/_history"}}""", 400)]
    [InlineData("""{"resource":{"resourceType":"Patient","id":"x"},"request":{"method":"PUT","url":"Patient/x/_history/1"}}""", 400)]
    [InlineData("""{"request":{"method":"GET","url":"Nothing/x"}}""", 404)]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Nothing"}}""", 404)]
    [InlineData("""{"resource":{"resourceType":"Organization","name":"x","partOf":{"reference":"urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"}},"request":{"method":"POST","url":"Organization"}}""", 400)]
    [InlineData("""{"resource":{"resourceType":"Organization","name":"x","partOf":{"reference":"Organization?identifier=urn:test|nobody"}},"request":{"method":"POST","url":"Organization"}}""", 412)]
    [InlineData("""{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Organization","name":"x"},"request":{"method":"POST","url":"Organization"}},{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Organization","name":"x"},"request":{"method":"POST","url":"Organization"}}""", 400)]
    [InlineData("""{"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="},"request":{"method":"PATCH","url":"Organization/none"}}""", 404)]
    public async Task Transaction_WithAnEntryThatCannotBe_FailsAsAWhole(string entry, int status)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", $$$"""
            {"resource":{{{Organization("kept?")}}},"request":{"method":"POST","url":"Organization"}}, {{{entry}}}
            """));
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var found = await (await client.GetAsync($"Organization?identifier=urn:test|{_key}", TestContext.Current.CancellationToken)).JsonAsync();
        found["entry"].ShouldBeNull();
    }

    [Fact]
    public async Task Transaction_ThatMeetsItsOwnCriteria_IsRefusedAsAWhole()
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", $$$"""
            {"resource":{{{Organization("a")}}},"request":{"method":"POST","url":"Organization"}},
            {"resource":{{{Organization("b")}}},"request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=urn:test|{{{_key}}}"}}
            """));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync())["issue"]![0]!["code"]!.GetValue<string>().ShouldBe("duplicate");
    }

    [Fact]
    public async Task Transaction_ThatAsksTwiceForOneIdentity_CreatesItOnce()
    {
        using var client = await database.Server.ClientAsync();
        var once = $$$"""{"resource":{{{Organization("a")}}},"request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=urn:test|{{{_key}}}"}}""";
        const string urn = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9";
        var entries = await EntriesAsync(client, "transaction", $$$"""
            {{{once}}}, {"fullUrl":"{{{urn}}}",{{{once[1..]}}},
            {"resource":{"resourceType":"Organization","name":"c","partOf":{"reference":"{{{urn}}}"}},"request":{"method":"POST","url":"Organization"}}
            """);
        entries.Select(e => Status(e!)).ShouldBe(["201", "200", "201"]);
        entries[1]!["response"]!["location"]!.GetValue<string>().ShouldBe(entries[0]!["response"]!["location"]!.GetValue<string>());
        entries[2]!["resource"]!["partOf"]!["reference"]!.GetValue<string>().ShouldBe($"Organization/{entries[0]!["resource"]!["id"]}");
        var again = await EntriesAsync(client, "transaction", $"{once},{once}");
        again.Select(e => Status(e!)).ShouldBe(["200", "200"]);
    }

    [Fact]
    public async Task ConditionalReference_FindsWhatTheTransactionItselfCreates()
    {
        using var client = await database.Server.ClientAsync();
        var entries = await EntriesAsync(client, "transaction", $$$"""
            {"resource":{"resourceType":"Location","name":"l","managingOrganization":{"reference":"Organization?identifier=urn:test|{{{_key}}}b"},"partOf":{"reference":"Location?identifier=urn:test|{{{_key}}}l"}},"request":{"method":"POST","url":"Location"}},
            {"resource":{"resourceType":"Organization","name":"b","identifier":[{"system":"urn:test","value":"{{{_key}}}b"}],"partOf":{"reference":"Organization?identifier=urn:test|{{{_key}}}"}},"request":{"method":"POST","url":"Organization"}},
            {"resource":{{{Organization("a")}}},"request":{"method":"PUT","url":"Organization?identifier=urn:test|{{{_key}}}"}},
            {"resource":{"resourceType":"Location","identifier":[{"system":"urn:test","value":"{{{_key}}}l"}],"name":"whole"},"request":{"method":"POST","url":"Location"}}
            """);
        entries[0]!["resource"]!["managingOrganization"]!["reference"]!.GetValue<string>().ShouldBe($"Organization/{entries[1]!["resource"]!["id"]}");
        entries[0]!["resource"]!["partOf"]!["reference"]!.GetValue<string>().ShouldBe($"Location/{entries[3]!["resource"]!["id"]}");
        entries[1]!["resource"]!["partOf"]!["reference"]!.GetValue<string>().ShouldBe($"Organization/{entries[2]!["resource"]!["id"]}");
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("transaction")]
    public async Task Operations_Compartments_AndTheStatement_StandInABundle(string type)
    {
        using var client = await database.Server.ClientAsync();
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        await client.CreateAsync("Observation", $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""");
        var entries = await EntriesAsync(client, type, $$$"""
            {"request":{"method":"GET","url":"Patient/{{{patient}}}/$everything"}},
            {"request":{"method":"GET","url":"Patient/{{{patient}}}/Observation"}},
            {"request":{"method":"GET","url":"ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender"}},
            {"resource":{"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"http://hl7.org/fhir/administrative-gender"},{"name":"code","valueCode":"male"}]},"request":{"method":"POST","url":"CodeSystem/$validate-code"}},
            {"resource":{"resourceType":"Organization","name":"x"},"request":{"method":"POST","url":"Organization/$validate"}},
            {"request":{"method":"GET","url":"metadata"}},
            {"request":{"method":"GET","url":"Organization/_history?_count=1"}},
            {"resource":{{{Organization("written beside")}}},"request":{"method":"POST","url":"Organization"}},
            {"request":{"method":"GET","url":"/Organization?identifier=urn:test|{{{_key}}}"}}
            """);
        entries.Select(e => Status(e!)).ShouldBe(["200", "200", "200", "200", "200", "200", "200", "201", "200"]);
        entries.Select(e => e!["resource"]!["resourceType"]!.GetValue<string>())
            .ShouldBe(["Bundle", "Bundle", "ValueSet", "Parameters", "OperationOutcome", "CapabilityStatement", "Bundle", "Organization", "Bundle"]);
        entries[1]!["resource"]!["total"]!.GetValue<int>().ShouldBe(1);
        entries[8]!["resource"]!["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"request":{"method":"GET","url":"https://elsewhere.example/fhir/Patient/x"}}""", "400")]
    [InlineData("""{"resource":{"resourceType":"Organization"}}""", "400")]
    [InlineData("""{"request":{"method":"GET","url":"$export"}}""", "400")]
    [InlineData("""{"resource":{"resourceType":"Bundle","type":"batch"},"request":{"method":"POST","url":"/"}}""", "400")]
    [InlineData("""{"request":{"method":"GET","url":"Nothing/x"}}""", "404")]
    [InlineData("""{"request":{"method":"GET","url":"Patient/$nothing"}}""", "404")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/x/_history"}}""", "405")]
    public async Task Batch_WithAnEntryThatCannotBe_DoesTheOthers(string entry, string status)
    {
        using var client = await database.Server.ClientAsync();
        var entries = await EntriesAsync(client, "batch", $$$"""{{{entry}}}, {"resource":{{{Organization("taken")}}},"request":{"method":"POST","url":"Organization"}}""");
        entries.Select(e => Status(e!)).ShouldBe([status, "201"]);
        entries[0]!["response"]!["outcome"]!["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Fact]
    public async Task Prefer_HoldsForTheEntries()
    {
        using var client = await database.Server.ClientAsync();
        var bundle = Bundle("batch", $$$"""{"resource":{{{Organization("a")}}},"request":{"method":"POST","url":"Organization"}}""");
        var minimal = await (await client.SendAsync(HttpMethod.Post, "", bundle, ("Prefer", "return=minimal"))).JsonAsync();
        (minimal["entry"]![0]!["resource"], minimal["entry"]![0]!["response"]!["outcome"]).ShouldBe((null, null));
        var outcome = await (await client.SendAsync(HttpMethod.Post, "", bundle, ("Prefer", "return=OperationOutcome"))).JsonAsync();
        outcome["entry"]![0]!["resource"].ShouldBeNull();
        outcome["entry"]![0]!["response"]!["outcome"]!["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Fact]
    public async Task Synthea_Bundles_AreTakenAndResolved()
    {
        var file = SharedMaterial.Files("synthea-r4").OrderBy(f => new FileInfo(f).Length).First();
        using var client = await (await database.OpenServer).ClientAsync();
        var answer = await client.SendAsync(HttpMethod.Post, "", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), ("Prefer", "return=minimal"));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text[..Math.Min(text.Length, 1500)]);
        JsonNode.Parse(text)!["entry"]!.AsArray().Select(e => Status(e!)).Distinct().ShouldBe(["201"]);
    }

    private string Organization(string name) => $$"""{"resourceType":"Organization","name":"{{name}}","identifier":[{"system":"urn:test","value":"{{_key}}"}]}""";

    private static string Bundle(string type, string entries) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{entries}}]}""";

    private static string Status(JsonNode entry) => entry["response"]!["status"]!.GetValue<string>()[..3];

    private static async Task<JsonArray> EntriesAsync(HttpClient client, string type, string entries)
    {
        var answer = await client.SendAsync(HttpMethod.Post, "", Bundle(type, entries));
        var json = await answer.JsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, json.ToJsonString());
        json["type"]!.GetValue<string>().ShouldBe(type + "-response");
        return json["entry"]!.AsArray();
    }
}
