using System.Net;
using System.Text.Json.Nodes;
using CareRecords.Store;
using Fhir.Validation;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>The CapabilityStatement says what is served, and nothing else.</summary>
public sealed class MetadataTests(CareDatabase database)
{
    [Theory]
    [InlineData("metadata", false)]
    [InlineData("metadata", true)]
    [InlineData("metadata?mode=normative", false)]
    [InlineData("metadata?mode=terminology", false)]
    public async Task EveryMode_IsValid(string address, bool open)
    {
        using var client = (open ? await database.OpenServer : database.Server).Client();
        var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var json = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        FhirValidator.Default.Validate(json).Where(i => i.Severity != IssueSeverity.Information && i.Rule != "dom-6").Select(i => $"{i.Place} {i.Rule} {i.Message}").ShouldBeEmpty();
    }

    [Fact]
    public async Task AnUnknownMode_IsRefused()
    {
        using var client = database.Server.Client();
        (await client.GetAsync("metadata?mode=other", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ItListsWhatIsServed()
    {
        using var client = database.Server.Client();
        var types = Types(await (await client.GetAsync("metadata", TestContext.Current.CancellationToken)).JsonAsync());
        types.Keys.ShouldBe(ServedTypes.Practice.All.Select(t => t.Name), ignoreOrder: true);
        Names(types["Observation"]["searchParam"]!).ShouldContain("code-value-quantity");
        Names(types["Patient"]["searchParam"]!).ShouldNotContain("address");
        types["AuditEvent"]["interaction"]!.AsArray().Select(i => i!["code"]!.GetValue<string>()).ShouldBe(["read", "search-type"]);
        types["StructureDefinition"]["interaction"]!.AsArray().Select(i => i!["code"]!.GetValue<string>()).ShouldBe(["read", "vread", "search-type", "history-instance"]);
        types["Composition"]["interaction"]!.AsArray().Select(i => i!["code"]!.GetValue<string>()).ShouldNotContain("create");
        types["Patient"]["supportedProfile"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("https://carerecords.example/fhir/StructureDefinition/patient");
        // An update without If-Match is taken.
        types["Patient"]["versioning"]!.GetValue<string>().ShouldBe("versioned");
        types["Patient"]["searchRevInclude"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("Observation:patient");
        types["Patient"]["searchRevInclude"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("Provenance:target");
        types["Observation"]["searchInclude"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("Observation:subject");
    }

    [Fact]
    public async Task EveryInclusionThatItLists_IsTaken()
    {
        using var client = await database.Server.ClientAsync();
        foreach (var (type, resource) in Types(await (await client.GetAsync("metadata", TestContext.Current.CancellationToken)).JsonAsync()))
        {
            foreach (var (name, parameter) in ((string, string)[])[("searchInclude", "_include"), ("searchRevInclude", "_revinclude")])
            {
                // Some forty in one request.
                foreach (var some in (resource[name]?.AsArray() ?? []).Select(i => $"{parameter}={i!.GetValue<string>()}").Chunk(40))
                {
                    var answer = await client.GetAsync($"{type}?_id=none&{string.Join('&', some)}", TestContext.Current.CancellationToken);
                    answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{type}?{string.Join('&', some)}");
                }
            }
        }
    }

    [Fact]
    public async Task EveryCanonicalThatItNames_IsFoundHere()
    {
        using var client = await database.Server.ClientAsync();
        var statement = await (await client.GetAsync("metadata", TestContext.Current.CancellationToken)).JsonAsync();
        var rest = statement["rest"]![0]!;
        var resources = rest["resource"]!.AsArray();
        await FoundAsync(client, "OperationDefinition", resources.Append(rest).SelectMany(r => r!["operation"]?.AsArray() ?? []).Select(o => o!["definition"]!.GetValue<string>()));
        await FoundAsync(client, "SearchParameter", resources.Append(rest).SelectMany(r => r!["searchParam"]?.AsArray() ?? []).Select(o => o!["definition"]!.GetValue<string>()));
        await FoundAsync(client, "StructureDefinition", resources.SelectMany(r => (r!["supportedProfile"]?.AsArray() ?? []).Append(r["profile"]!.DeepClone())).Select(p => p!.GetValue<string>()));
        var self = await (await client.GetAsync($"CapabilityStatement?url={statement["url"]!.GetValue<string>()}", TestContext.Current.CancellationToken)).JsonAsync();
        self["entry"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task AConditionalRead_AndHead_AreAnswered()
    {
        using var client = database.Server.Client();
        var first = await client.GetAsync("metadata", TestContext.Current.CancellationToken);
        var tag = first.Headers.ETag!.ToString();
        first.Content.Headers.LastModified.ShouldNotBeNull();
        var again = await client.SendAsync(HttpMethod.Get, "metadata", null, ("If-None-Match", tag));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await client.SendAsync(HttpMethod.Get, "metadata?mode=normative", null, ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var head = await client.SendAsync(HttpMethod.Head, "metadata");
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Headers.ETag!.ToString().ShouldBe(tag);
    }

    private static async Task FoundAsync(HttpClient client, string type, IEnumerable<string> urls)
    {
        var wanted = urls.Distinct().ToList();
        wanted.ShouldNotBeEmpty();
        foreach (var some in wanted.Chunk(100))
        {
            using var form = new FormUrlEncodedContent([new("url", string.Join(',', some)), new("_count", "200"), new("_elements", "url")]);
            var answer = await (await client.PostAsync($"{type}/_search", form, TestContext.Current.CancellationToken)).JsonAsync();
            (answer["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!["url"]!.GetValue<string>()).ShouldBe(some, ignoreOrder: true, type);
        }
    }

    private static Dictionary<string, JsonNode> Types(JsonNode statement) => statement["rest"]![0]!["resource"]!.AsArray().ToDictionary(r => r!["type"]!.GetValue<string>(), r => r!);

    private static IEnumerable<string> Names(JsonNode array) => array.AsArray().Select(p => p!["name"]!.GetValue<string>());
}
