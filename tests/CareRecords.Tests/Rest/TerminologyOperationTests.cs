using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>$expand and $validate-code on what is loaded.</summary>
public sealed class TerminologyOperationTests(CareDatabase database)
{
    private const string Gender = "http://hl7.org/fhir/ValueSet/administrative-gender";
    private const string GenderCodes = "http://hl7.org/fhir/administrative-gender";

    [Fact]
    public async Task Lookup_TellsWhatIsHeldOfACode()
    {
        using var client = await database.Server.ClientAsync();
        var found = await (await client.GetAsync($"CodeSystem/$lookup?system={GenderCodes}&code=male", TestContext.Current.CancellationToken)).JsonAsync();
        found["parameter"]!.AsArray().Select(p => $"{p!["name"]} {p["valueString"]}").ShouldBe([$"name {GenderCodes}", "version 4.0.1", "display Male"]);
        var child = await (await client.SendAsync(HttpMethod.Post, "CodeSystem/$lookup",
            """{"resourceType":"Parameters","parameter":[{"name":"coding","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}}]}""")).JsonAsync();
        child["parameter"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()).ShouldContain("property");
    }

    [Theory]
    [InlineData("CodeSystem/$lookup", HttpStatusCode.BadRequest)]
    [InlineData($"CodeSystem/$lookup?system={GenderCodes}", HttpStatusCode.BadRequest)]
    [InlineData($"CodeSystem/$lookup?system={GenderCodes}&code=none", HttpStatusCode.NotFound)]
    [InlineData("CodeSystem/$lookup?system=http://example.org/none&code=a", HttpStatusCode.NotFound)]
    [InlineData($"CodeSystem/$lookup?system={GenderCodes}&code=male&version=0", HttpStatusCode.NotFound)]
    public async Task Lookup_OfWhatIsNotHeld_SaysSo(string address, HttpStatusCode status)
    {
        using var client = await database.Server.ClientAsync();
        (await client.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Expand_ListsFiltersAndPages()
    {
        using var client = await database.Server.ClientAsync();
        var whole = await Expanded(client, $"ValueSet/$expand?url={Gender}");
        whole["expansion"]!["total"]!.GetValue<int>().ShouldBe(4);
        Codes(whole).ShouldBe(["male", "female", "other", "unknown"]);
        whole["expansion"]!["contains"]![0]!["display"]!.GetValue<string>().ShouldBe("Male");
        Codes(await Expanded(client, $"ValueSet/$expand?url={Gender}&filter=FEM")).ShouldBe(["female"]);
        var page = await Expanded(client, $"ValueSet/$expand?url={Gender}&offset=1&count=2");
        (page["expansion"]!["total"]!.GetValue<int>(), page["expansion"]!["offset"]!.GetValue<int>()).ShouldBe((4, 1));
        Codes(page).ShouldBe(["female", "other"]);
    }

    [Fact]
    public async Task Expand_OfAPostedValueSet_FollowsItsFilters()
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(HttpMethod.Post, "ValueSet/$expand", $$$"""
            {"resourceType":"Parameters","parameter":[{"name":"valueSet","resource":{"resourceType":"ValueSet","url":"https://example.org/vs","status":"active",
            "compose":{"include":[{"system":"{{{GenderCodes}}}","filter":[{"property":"code","op":"regex","value":".*male"}]} ] } } } ]}
            """);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Codes(await answer.JsonAsync()).ShouldBe(["male", "female"]);
    }

    [Theory]
    [InlineData("ValueSet/$expand", HttpStatusCode.BadRequest)]
    [InlineData("ValueSet/$expand?url=http://example.org/none", HttpStatusCode.NotFound)]
    [InlineData("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&valueSetVersion=9", HttpStatusCode.NotFound)]
    [InlineData("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=-1", HttpStatusCode.BadRequest)]
    [InlineData("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/mimetypes", HttpStatusCode.UnprocessableEntity)]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender", HttpStatusCode.BadRequest)]
    [InlineData("CodeSystem/$validate-code?code=male", HttpStatusCode.BadRequest)]
    [InlineData("CodeSystem/$validate-code?url=http://snomed.info/sct&code=1", HttpStatusCode.UnprocessableEntity)]
    public async Task WhatCannotBeAnswered_IsRefused(string address, HttpStatusCode expected)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(expected);
        (await answer.JsonAsync())["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Theory]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&code=male", true)]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=male&display=male", true)]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=male&display=Mies", false)]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://example.org/other&code=male", false)]
    [InlineData("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&code=man", false)]
    [InlineData("CodeSystem/$validate-code?url=http://hl7.org/fhir/administrative-gender&code=female", true)]
    [InlineData("CodeSystem/$validate-code?url=http://hl7.org/fhir/administrative-gender&code=woman", false)]
    public async Task ValidateCode_SaysWhetherAndWhyNot(string address, bool expected)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await (await client.GetAsync(address, TestContext.Current.CancellationToken)).JsonAsync();
        Parameter(answer, "result")!["valueBoolean"]!.GetValue<bool>().ShouldBe(expected);
        (Parameter(answer, "message") is null).ShouldBe(expected);
    }

    [Fact]
    public async Task ValidateCode_TakesCodingsAndConcepts()
    {
        using var client = await database.Server.ClientAsync();
        var coding = await Posted(client, "CodeSystem/$validate-code", $$$"""{"name":"url","valueUri":"{{{GenderCodes}}}"},{"name":"coding","valueCoding":{"system":"{{{GenderCodes}}}","code":"other"}}""");
        Parameter(coding, "display")!["valueString"]!.GetValue<string>().ShouldBe("Other");
        var concept = await Posted(client, "ValueSet/$validate-code",
            $$$"""{"name":"url","valueUri":"{{{Gender}}}"},{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"http://x","code":"y"},{"system":"{{{GenderCodes}}}","code":"male"}]}}""");
        Parameter(concept, "result")!["valueBoolean"]!.GetValue<bool>().ShouldBeTrue();
    }

    private static async Task<JsonNode> Posted(HttpClient client, string address, string parameters) =>
        await (await client.SendAsync(HttpMethod.Post, address, $$$"""{"resourceType":"Parameters","parameter":[{{{parameters}}}]}""")).JsonAsync();

    private static async Task<JsonNode> Expanded(HttpClient client, string address) => await (await client.GetAsync(address, TestContext.Current.CancellationToken)).JsonAsync();

    private static string[] Codes(JsonNode set) => [.. set["expansion"]!["contains"]!.AsArray().Select(c => c!["code"]!.GetValue<string>())];

    private static JsonNode? Parameter(JsonNode answer, string name) => answer["parameter"]!.AsArray().FirstOrDefault(p => p!["name"]!.GetValue<string>() == name);
}
