using System.Net;
using System.Text.Json.Nodes;
using Fhir.Validation;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>Conformance types: what comes with the program is read and searched like any resource, and written by nobody.</summary>
public sealed class DefinitionTests(CareDatabase database)
{
    private const string Patient = "http://hl7.org/fhir/StructureDefinition/Patient";

    [Theory]
    [InlineData("StructureDefinition/Patient")]
    [InlineData("StructureDefinition/fi-base-patient")]
    [InlineData("StructureDefinition/treatment-note")]
    [InlineData("ValueSet/administrative-gender")]
    [InlineData("CodeSystem/administrative-gender")]
    [InlineData("SearchParameter/Resource-id")]
    [InlineData("OperationDefinition/patient-everything")]
    [InlineData("CapabilityStatement/carerecords")]
    public async Task ADefinition_IsReadWithItsVersion(string address)
    {
        using var client = await database.Server.ClientAsync();
        var read = await client.GetAsync(address, TestContext.Current.CancellationToken);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        FhirValidator.Default.Validate(await read.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Where(i => i.Severity == IssueSeverity.Error).ShouldBeEmpty();
        var json = await read.JsonAsync();
        var version = json["meta"]!["versionId"]!.GetValue<string>();
        $"{json["resourceType"]}/{json["id"]}".ShouldBe(address);
        read.Headers.ETag!.ToString().ShouldBe($"W/\"{version}\"");
        (await client.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", read.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await (await client.GetAsync($"{address}/_history/{version}", TestContext.Current.CancellationToken)).JsonAsync())["url"]!.ToString().ShouldBe(json["url"]!.ToString());
        (await client.GetAsync($"{address}/_history/2", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var history = await (await client.GetAsync($"{address}/_history", TestContext.Current.CancellationToken)).JsonAsync();
        history["entry"]!.AsArray().Count.ShouldBe(1);
        (await client.SendAsync(HttpMethod.Head, address)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("StructureDefinition?url=http://hl7.org/fhir/StructureDefinition/Patient", "Patient")]
    [InlineData("StructureDefinition?url=http://hl7.org/fhir/StructureDefinition/Patient&version=4.0.1", "Patient")]
    [InlineData("StructureDefinition?_id=Patient,fi-base-patient&_sort=-_id", "fi-base-patient,Patient")]
    [InlineData("StructureDefinition?base=http://hl7.org/fhir/StructureDefinition/Patient&url:below=https://hl7.fi/fhir/finnish-base-profiles", "fi-base-patient")]
    [InlineData("StructureDefinition?type=Patient&derivation=specialization", "Patient")]
    [InlineData("StructureDefinition?name:exact=FiBasePatient", "fi-base-patient")]
    [InlineData("StructureDefinition?path=Patient.animal", "")]
    [InlineData("StructureDefinition?kind=resource&abstract=true&derivation:missing=false&url:below=http://hl7.org/fhir&_sort=name", "DomainResource")]
    [InlineData("StructureDefinition?valueset=http://hl7.org/fhir/ValueSet/account-status&derivation=specialization", "Account")]
    [InlineData("ValueSet?url=http://hl7.org/fhir/ValueSet/administrative-gender", "administrative-gender")]
    [InlineData("ValueSet?reference=http://hl7.org/fhir/administrative-gender&name=AdministrativeGender", "administrative-gender")]
    [InlineData("CodeSystem?code=male&system=http://hl7.org/fhir/administrative-gender", "administrative-gender")]
    [InlineData("CodeSystem?content-mode=complete&status=active&name:contains=ministrativeGend", "administrative-gender")]
    [InlineData("SearchParameter?base=Patient&code=birthdate", "individual-birthdate")]
    [InlineData("SearchParameter?base=Account&type=token&code=identifier", "Account-identifier")]
    [InlineData("OperationDefinition?code=expand", "valueset-expand")]
    [InlineData("OperationDefinition?base=http://hl7.org/fhir/OperationDefinition/ValueSet-expand", "valueset-expand")]
    [InlineData("CapabilityStatement?resource=Patient&mode=server", "carerecords")]
    [InlineData("StructureDefinition?_tag=SUBSETTED&type=Patient&url:below=https://carerecords.example/fhir", "")]
    public async Task ADefinition_IsFoundByItsParameters(string search, string ids)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.GetAsync(search, TestContext.Current.CancellationToken);
        var json = await answer.JsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, json.ToJsonString());
        string.Join(',', (json["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!["id"]!.GetValue<string>())).ShouldBe(ids);
        json["total"]!.GetValue<int>().ShouldBe(ids.Length == 0 ? 0 : ids.Split(',').Length);
    }

    [Fact]
    public async Task Pages_LeadThroughAllAndBack()
    {
        using var client = await database.Server.ClientAsync();
        var (seen, address, back) = (new List<string>(), "ValueSet?_count=90&_sort=-name&_elements=name", (string?)null);
        var pages = 0;
        for (var next = address; next is not null; pages++)
        {
            var page = await (await client.GetAsync(next, TestContext.Current.CancellationToken)).JsonAsync();
            seen.AddRange(page["entry"]!.AsArray().Select(e => e!["resource"]!["id"]!.GetValue<string>()));
            page["total"]!.GetValue<int>().ShouldBeGreaterThan(400);
            next = Link(page, "next");
            back = Link(page, "previous") ?? back;
            (Link(page, "previous") is null).ShouldBe(pages == 0);
        }

        seen.Count.ShouldBeGreaterThan(400);
        seen.Distinct().Count().ShouldBe(seen.Count);
        var before = await (await client.GetAsync(back, TestContext.Current.CancellationToken)).JsonAsync();
        before["entry"]!.AsArray().Select(e => e!["resource"]!["id"]!.GetValue<string>()).ShouldBe(seen.Skip((pages - 2) * 90).Take(90));
        (await client.GetAsync("ValueSet?_count=90&_page=forged", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task NobodyWritesThem_AndNobodySeesThemWithoutAToken()
    {
        using var client = await database.Server.ClientAsync();
        var body = (await (await client.GetAsync("ValueSet/administrative-gender", TestContext.Current.CancellationToken)).JsonAsync()).ToJsonString();
        (await client.SendAsync(HttpMethod.Put, "ValueSet/administrative-gender", body)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await client.SendAsync(HttpMethod.Post, "ValueSet", body)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await client.SendAsync(HttpMethod.Delete, "ValueSet/administrative-gender")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using var nobody = database.Server.Client();
        (await nobody.GetAsync("ValueSet/administrative-gender", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var other = await database.Server.ClientAsync("system/Patient.rs");
        (await other.GetAsync("ValueSet/administrative-gender", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.GetAsync("ValueSet?name=x", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Operations_TakeADefinitionByItsId()
    {
        using var client = await database.Server.ClientAsync();
        var expanded = await (await client.GetAsync("ValueSet/administrative-gender/$expand", TestContext.Current.CancellationToken)).JsonAsync();
        expanded["expansion"]!["total"]!.GetValue<int>().ShouldBe(4);
        foreach (var address in (string[])["ValueSet/administrative-gender/$validate-code?code=male", "CodeSystem/administrative-gender/$validate-code?code=male"])
        {
            var verdict = await (await client.GetAsync(address, TestContext.Current.CancellationToken)).JsonAsync();
            verdict["parameter"]![0]!["valueBoolean"]!.GetValue<bool>().ShouldBeTrue();
        }

        (await client.GetAsync("ValueSet/none/$expand", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Validate_TakesAProfileThatIsServedHere()
    {
        using var client = await database.Server.ClientAsync();
        const string patient = """{"resourceType":"Patient","gender":"male"}""";
        (await IsValid(client, "Patient/$validate?profile=https://carerecords.example/fhir/StructureDefinition/patient", patient)).ShouldBeFalse();
        (await IsValid(client, $"Patient/$validate?profile={Patient}|4.0.1", patient)).ShouldBeTrue();
    }

    [Fact]
    public async Task UnderTheOpenPolicy_WhatIsStoredGoesBeforeWhatComesAlong()
    {
        using var client = await (await database.OpenServer).ClientAsync();
        (await client.GetAsync("StructureDefinition/Patient", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Ids(await (await client.GetAsync("OperationDefinition?url=https://carerecords.example/fhir/OperationDefinition/valueset-expand", TestContext.Current.CancellationToken)).JsonAsync())
            .ShouldBe(["valueset-expand"]);
        var key = Guid.NewGuid().ToString("n")[..8];
        var set = await client.CreateAsync("ValueSet", $$$"""
            {"resourceType":"ValueSet","url":"http://example.org/{{{key}}}","version":"2","status":"active","compose":{"include":[{"system":"http://example.org/{{{key}}}/cs"}]}}
            """);
        await client.CreateAsync("CodeSystem", $$$"""
            {"resourceType":"CodeSystem","url":"http://example.org/{{{key}}}/cs","status":"active","content":"complete","concept":[{"code":"a"},{"code":"b"}]}
            """);
        foreach (var address in (string[])[$"ValueSet/{set}/$expand", $"ValueSet/$expand?url=http://example.org/{key}", $"ValueSet/$expand?url=http://example.org/{key}&valueSetVersion=2"])
        {
            (await (await client.GetAsync(address, TestContext.Current.CancellationToken)).JsonAsync())["expansion"]!["total"]!.GetValue<int>().ShouldBe(2, address);
        }

        (await client.GetAsync($"ValueSet/$expand?url=http://example.org/{key}&valueSetVersion=1", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await client.CreateAsync("StructureDefinition", $$$"""
            {"resourceType":"StructureDefinition","url":"http://example.org/{{{key}}}/p","name":"P","status":"active","kind":"resource","abstract":false,"type":"Patient",
            "baseDefinition":"{{{Patient}}}","derivation":"constraint","differential":{"element":[{"id":"Patient.birthDate","path":"Patient.birthDate","min":1}]}}
            """);
        (await IsValid(client, $"Patient/$validate?profile=http://example.org/{key}/p", """{"resourceType":"Patient"}""")).ShouldBeFalse();
        (await IsValid(client, $"Patient/$validate?profile=http://example.org/{key}/p", """{"resourceType":"Patient","birthDate":"1980"}""")).ShouldBeTrue();
    }

    private static async Task<bool> IsValid(HttpClient client, string address, string body)
    {
        var outcome = await (await client.SendAsync(HttpMethod.Post, address, body)).JsonAsync();
        return outcome["issue"]!.AsArray().All(i => i!["severity"]!.GetValue<string>() != "error");
    }

    private static string[] Ids(JsonNode bundle) => [.. (bundle["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!["id"]!.GetValue<string>())];

    private static string? Link(JsonNode bundle, string relation) =>
        bundle["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == relation)?["url"]!.GetValue<string>();
}
