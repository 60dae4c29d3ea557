using System.Net;
using System.Text.Json.Nodes;
using CareRecords.Rest;
using CareRecords.Search;
using Fhir.Search;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>Searches over HTTP; each test marks its own records with a tag and searches within it.</summary>
public sealed class SearchTests(CareDatabase database)
{
    private readonly string _tag = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("birthdate=1990-03-14", "a")]
    [InlineData("birthdate=1990", "a")]
    [InlineData("birthdate=lt1990", "b")]
    [InlineData("birthdate=ge1990-03", "a,c")]
    [InlineData("birthdate=gt1990-03-14", "c")]
    [InlineData("birthdate=ne1990-03-14", "b,c")]
    [InlineData("birthdate=1990-03-14,2001-01-01", "a,c")]
    [InlineData("birthdate:missing=true", "d")]
    [InlineData("family=MEIKÄ", "a")]
    [InlineData("family=meika", "a")]
    [InlineData("family:exact=Meikäläinen", "a")]
    [InlineData("family:exact=meikäläinen", "")]
    [InlineData("family:contains=kala", "a")]
    [InlineData("name=tes", "b")]
    [InlineData("name=maija", "a")]
    [InlineData("gender=female", "a,c")]
    [InlineData("gender:not=female", "b,d")]
    [InlineData("gender=female,male", "a,b,c")]
    [InlineData("identifier=urn:oid:1.2.246.21|140390-9876", "a")]
    [InlineData("identifier=140390-9876", "a")]
    [InlineData("identifier=urn:oid:1.2.246.21|", "a")]
    [InlineData("identifier=|140390-9876", "")]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|NNFIN|140390-9876", "a")]
    [InlineData("email=Asta@Example.org", "b")]
    [InlineData("active=true", "a")]
    [InlineData("deceased=true", "c")]
    [InlineData("gender=female&birthdate=lt2000", "a")]
    public async Task Patient_ByParameter_FindsExactlyThese(string query, string expected)
    {
        using var client = await database.Server.ClientAsync();
        await PutPatients(client);
        (await FoundAsync(client, "Patient", query)).ShouldBe(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
    }

    [Theory]
    [InlineData("code=http://loinc.org|8867-4", "pulse")]
    [InlineData("code=8867-4", "pulse")]
    [InlineData("code:text=syke", "pulse")]
    [InlineData("value-quantity=72", "pulse")]
    [InlineData("value-quantity=72|http://unitsofmeasure.org|/min", "pulse")]
    [InlineData("value-quantity=gt70|http://unitsofmeasure.org|kg", "weight")]
    [InlineData("value-quantity=80200|http://unitsofmeasure.org|g", "weight")]
    [InlineData("value-quantity=lt81||kg", "weight")]
    [InlineData("value-quantity=80", "weight")]
    [InlineData("value-quantity=81", "")]
    [InlineData("code-value-quantity=8867-4$72", "pulse")]
    [InlineData("code-value-quantity=8867-4$gt80", "")]
    [InlineData("code-value-quantity=http://loinc.org|29463-7$80.2", "weight")]
    [InlineData("component-code-value-quantity=http://loinc.org|8480-6$gt130", "pressure")]
    [InlineData("component-code-value-quantity=http://loinc.org|8462-4$gt130", "")]
    [InlineData("date=2026-11", "pulse,weight")]
    [InlineData("date=2026-11-20T23:30", "pulse")]
    [InlineData("date=ge2026-11-21", "weight")]
    [InlineData("date=sa2026-11-20", "weight")]
    [InlineData("date=eb2026-11-21", "pressure,pulse")]
    [InlineData("subject=Patient/{p}", "pulse,weight,pressure")]
    [InlineData("patient={p}&code=8867-4", "pulse")]
    [InlineData("subject:Patient={p}&status=final", "pulse,weight,pressure")]
    [InlineData("patient.family=ketju", "pulse,weight,pressure")]
    [InlineData("subject:Patient.birthdate=1970", "pulse,weight,pressure")]
    [InlineData("subject:Patient.family=muu", "")]
    [InlineData("category=vital-signs", "pulse")]
    [InlineData("category:missing=true", "weight,pressure")]
    public async Task Observation_ByParameter_FindsExactlyThese(string query, string expected)
    {
        using var client = await database.Server.ClientAsync();
        var patient = await PutObservations(client);
        (await FoundAsync(client, "Observation", query.Replace("{p}", patient, StringComparison.Ordinal))).ShouldBe(
            expected.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
    }

    [Fact]
    public async Task Has_FindsWhatOthersPointTo()
    {
        using var client = await database.Server.ClientAsync();
        await PutObservations(client);
        (await FoundAsync(client, "Patient", "_has:Observation:patient:code=8867-4")).ShouldBe(["p"]);
        (await FoundAsync(client, "Patient", "_has:Observation:patient:code=nothing")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Include_And_Revinclude_BringTheOtherSideMarkedAsIncluded()
    {
        using var client = await database.Server.ClientAsync();
        await PutObservations(client);
        var modes = await ModesAsync(client, $"Observation?_tag={_tag}&code=8867-4&_include=Observation:patient");
        modes.ShouldBe(["Observation match", "Patient include"]);
        modes = await ModesAsync(client, $"Patient?_tag={_tag}&_revinclude=Observation:subject");
        modes.ShouldBe(["Patient match", "Observation include", "Observation include", "Observation include"]);
    }

    [Theory]
    [InlineData("_sort=birthdate", "b,a,c,d")]
    [InlineData("_sort=-birthdate", "c,a,b,d")]
    [InlineData("_sort=family", "a,c,b,d")]
    [InlineData("_sort=-_id", "d,c,b,a")]
    public async Task Sort_PageByPage_GivesEveryMatchOnceInOrder(string sort, string expected)
    {
        using var client = await database.Server.ClientAsync();
        await PutPatients(client);
        var order = new List<string>();
        for (var url = $"Patient?_tag={_tag}&{sort}&_count=1"; url is not null;)
        {
            var page = await (await client.GetAsync(url, TestContext.Current.CancellationToken)).JsonAsync();
            page["total"]!.GetValue<int>().ShouldBe(4);
            order.AddRange(Ids(page));
            url = Link(page, "next");
        }

        order.ShouldBe(expected.Split(','));
    }

    [Fact]
    public async Task Pages_WhileOthersWrite_NeitherRepeatNorMiss()
    {
        using var client = await database.Server.ClientAsync();
        for (var i = 0; i < 7; i++)
        {
            await client.CreateAsync("Organization", $$$"""{"resourceType":"Organization","name":"x{{{i}}}","meta":{"tag":[{"code":"{{{_tag}}}"}]}}""");
        }

        var seen = new List<string>();
        for (var url = $"Organization?_tag={_tag}&_count=2"; url is not null;)
        {
            var page = await (await client.GetAsync(url, TestContext.Current.CancellationToken)).JsonAsync();
            seen.AddRange(page["entry"]!.AsArray().Select(e => e!["resource"]!["name"]!.GetValue<string>()));
            url = Link(page, "next");
            await client.SendAsync(HttpMethod.Delete, $"Organization?name={seen[0]}&_tag={_tag}");
        }

        seen.ShouldBe(["x0", "x1", "x2", "x3", "x4", "x5", "x6"]);
    }

    [Fact]
    public async Task Unknown_IsNamedInTheOutcome_OrAnErrorUnderStrictHandling()
    {
        using var client = await database.Server.ClientAsync();
        var lenient = await (await client.GetAsync($"Patient?_tag={_tag}&colour=red", TestContext.Current.CancellationToken)).JsonAsync();
        lenient["entry"]![0]!["search"]!["mode"]!.GetValue<string>().ShouldBe("outcome");
        lenient["entry"]![0]!["resource"]!["issue"]![0]!["diagnostics"]!.GetValue<string>().ShouldContain("colour");
        Link(lenient, "self")!.ShouldNotContain("colour");
        (await client.SendAsync(HttpMethod.Get, "Patient?colour=red", null, ("Prefer", "handling=strict"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("Patient?birthdate=yesterday")]
    [InlineData("Patient?birthdate=2026-13")]
    [InlineData("Patient?gender:contains=f")]
    [InlineData("Patient?_count=many")]
    [InlineData("Patient?_sort=gender")]
    [InlineData("Patient?_page=../../etc")]
    [InlineData("Patient?_sort=birthdate&_page=AAAA.1")]
    [InlineData("Observation?value-quantity=5|a")]
    [InlineData("Observation?value-quantity=1e400")]
    [InlineData("Patient?gender:missing=perhaps")]
    [InlineData("Patient?_total=some")]
    public async Task Wrong_Use_Is400WithAnOutcome(string url)
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.GetAsync(url, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync())["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Fact]
    public async Task Post_Search_TakesParametersFromAddressAndForm()
    {
        using var client = await database.Server.ClientAsync();
        await PutPatients(client);
        var response = await client.PostAsync(
            $"Patient/_search?_tag={_tag}", new FormUrlEncodedContent([new("gender", "female"), new("birthdate", "lt2000")]), TestContext.Current.CancellationToken);
        Ids(await response.JsonAsync()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Summary_And_Elements_CutAndMark()
    {
        using var client = await database.Server.ClientAsync();
        await PutPatients(client);
        var count = await (await client.GetAsync($"Patient?_tag={_tag}&_summary=count", TestContext.Current.CancellationToken)).JsonAsync();
        (count["total"]!.GetValue<int>(), count["entry"]).ShouldBe((4, null));
        var cut = (await (await client.GetAsync($"Patient?_tag={_tag}&_id={_tag}-a&_elements=gender", TestContext.Current.CancellationToken)).JsonAsync())["entry"]![0]!["resource"]!;
        (cut["gender"]!.GetValue<string>(), cut["name"]).ShouldBe(("female", null));
        cut["meta"]!["tag"]!.AsArray().Select(t => t!["code"]!.GetValue<string>()).ShouldContain("SUBSETTED");
    }

    [Fact]
    public async Task Update_And_Delete_MoveTheIndexWithTheRecord()
    {
        using var client = await database.Server.ClientAsync();
        await PutPatients(client);
        await client.SendAsync(HttpMethod.Put, $"Patient/{_tag}-a", $$$"""{"resourceType":"Patient","id":"{{{_tag}}}-a","gender":"male","meta":{"tag":[{"code":"{{{_tag}}}"}]}}""");
        (await FoundAsync(client, "Patient", "gender=female")).ShouldBe(["c"]);
        (await FoundAsync(client, "Patient", "family=meika")).ShouldBeEmpty();
        await client.SendAsync(HttpMethod.Delete, $"Patient/{_tag}-c");
        (await FoundAsync(client, "Patient", "gender=female")).ShouldBeEmpty();
        (await FoundAsync(client, "Patient", "gender:missing=true")).ShouldBe(["d"]);
    }

    [Fact]
    public async Task PatientToken_FindsCountsAndChainsOnlyThroughHerOwn()
    {
        using var client = await database.Server.ClientAsync();
        var patient = await PutObservations(client);
        using var other = await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Role = UserRole.Customer, PatientId = "someone-else", Scopes = ["patient/*.rs"] });
        foreach (var query in (string[])["code=8867-4", $"patient={patient}", "patient.family=ketju", "_id=" + _tag + "-pulse"])
        {
            var found = await (await other.GetAsync($"Observation?_tag={_tag}&{query}&_total=accurate", TestContext.Current.CancellationToken)).JsonAsync();
            (found["total"]!.GetValue<int>(), found["entry"]).ShouldBe((0, null), query);
        }

        var reverse = await (await other.GetAsync("Patient?_has:Observation:patient:code=8867-4&_total=accurate", TestContext.Current.CancellationToken)).JsonAsync();
        reverse["total"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public void Keys_OfAllParametersOfR4_AreDifferent()
    {
        var names = Fhir.Definitions.FhirTypes.ResourceNames.SelectMany(t => SearchParameters.Of(t).SelectMany(p => (string[])
            [$"{t}.{p.Code}", $"{t}.{p.Code}:text", $"{t}.{p.Code}:of-type", $"{t}.{p.Code}:identifier", $"{t}.{p.Code}:canonical"])).Distinct().ToList();
        names.Count.ShouldBeGreaterThan(8000);
        names.GroupBy(SearchTable.Key).Where(g => g.Count() > 1).ShouldBeEmpty();
    }

    private async Task PutPatients(HttpClient client)
    {
        await Put(client, "a", """ "active":true,"gender":"female","birthDate":"1990-03-14","name":[{"family":"Meikäläinen","given":["Maija"]}],"identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NNFIN"}]},"system":"urn:oid:1.2.246.21","value":"140390-9876"}] """);
        await Put(client, "b", """ "gender":"male","birthDate":"1985","name":[{"family":"Testi"}],"telecom":[{"system":"email","value":"asta@example.org"}] """);
        await Put(client, "c", """ "gender":"female","birthDate":"2001-01-01","name":[{"family":"Örn"}],"deceasedBoolean":true """);
        await Put(client, "d", """ "name":[{"text":"Nimetön"}] """);
    }

    private Task Put(HttpClient client, string id, string content) => PutAsync(client, "Patient", id, content);

    private async Task PutAsync(HttpClient client, string type, string id, string content)
    {
        var response = await client.SendAsync(
            HttpMethod.Put, $"{type}/{_tag}-{id}", $$$"""{"resourceType":"{{{type}}}","id":"{{{_tag}}}-{{{id}}}","meta":{"tag":[{"code":"{{{_tag}}}"}]},{{{content}}}}""");
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> PutObservations(HttpClient client)
    {
        var patient = $"{_tag}-p";
        await Put(client, "p", """ "birthDate":"1970-05-05","name":[{"family":"Ketju"}] """);
        var subject = $$""" "status":"final","subject":{"reference":"Patient/{{patient}}"}, """;
        // 21.30 UTC is 23.30 in Helsinki.
        await PutAsync(client, "Observation", "pulse", subject + """ "category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Syke"}]},"effectiveDateTime":"2026-11-20T21:30:10Z","valueQuantity":{"value":72,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"} """);
        await PutAsync(client, "Observation", "weight", subject + """ "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"effectiveDateTime":"2026-11-21","valueQuantity":{"value":80.2,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"} """);
        await PutAsync(client, "Observation", "pressure", subject + """ "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"effectivePeriod":{"start":"2026-10-01","end":"2026-10-02"},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":140,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}] """);
        return patient;
    }

    private async Task<List<string>> FoundAsync(HttpClient client, string type, string query)
    {
        var response = await client.GetAsync($"{type}?_tag={_tag}&{query.Replace("|", "%7C", StringComparison.Ordinal)}", TestContext.Current.CancellationToken);
        var bundle = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, bundle.ToJsonString());
        return Ids(bundle);
    }

    private List<string> Ids(JsonNode bundle) =>
        [.. (bundle["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!["id"]!.GetValue<string>().Replace(_tag + "-", "", StringComparison.Ordinal))];

    private static async Task<List<string>> ModesAsync(HttpClient client, string url)
    {
        var bundle = await (await client.GetAsync(url, TestContext.Current.CancellationToken)).JsonAsync();
        return [.. (bundle["entry"]?.AsArray() ?? []).Select(e => $"{e!["resource"]!["resourceType"]} {e["search"]!["mode"]}")];
    }

    private static string? Link(JsonNode bundle, string relation) =>
        bundle["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == relation)?["url"]!.GetValue<string>();
}
