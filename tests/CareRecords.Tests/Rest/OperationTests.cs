using System.Net;
using CareRecords.Rest;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>patch, compartments, operations, the AuditEvent view, and the open policy of conformance runs.</summary>
public sealed class OperationTests(CareDatabase database)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Patch_ByJsonAndByFhirPath_ChangesTheRecordAndKeepsTheRest()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A","alias":["x"]}""");
        var json = await client.PatchAsync($"Organization/{id}", FhirHttp.Content("""[{"op":"replace","path":"/name","value":"B"}]""", "application/json-patch+json"), TestContext.Current.CancellationToken);
        (json.StatusCode, json.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.OK, "\"2\""));
        var path = await client.SendAsync(HttpMethod.Patch, $"Organization/{id}",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Organization.name"},{"name":"value","valueString":"C"}]}]}""",
            ("If-Match", "W/\"2\""));
        var body = await path.JsonAsync();
        (body["name"]!.GetValue<string>(), body["alias"]![0]!.GetValue<string>(), body["meta"]!["versionId"]!.GetValue<string>()).ShouldBe(("C", "x", "3"));
        (await client.PatchAsync($"Organization/{id}", FhirHttp.Content("""[{"op":"test","path":"/name","value":"nothing"}]""", "application/json-patch+json"), TestContext.Current.CancellationToken))
            .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await client.SendAsync(HttpMethod.Patch, $"Organization/{id}", "[]", ("If-Match", "W/\"1\""))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Compartment_And_Everything_HoldThePatientsRecordsAndTheirPractitioners()
    {
        using var client = await database.Server.ClientAsync();
        var practitioner = await client.CreateAsync("Practitioner", """{"resourceType":"Practitioner","name":[{"family":"P"}]}""");
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        var other = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        await client.CreateAsync("Observation", Observation(patient, practitioner));
        await client.CreateAsync("Observation", Observation(patient, practitioner));
        await client.CreateAsync("Observation", Observation(other, practitioner));

        var compartment = await (await client.GetAsync($"Patient/{patient}/Observation?status=final", TestContext.Current.CancellationToken)).JsonAsync();
        compartment["total"]!.GetValue<int>().ShouldBe(2);
        var everything = await (await client.GetAsync($"Patient/{patient}/$everything", TestContext.Current.CancellationToken)).JsonAsync();
        everything["entry"]!.AsArray().Select(e => e!["resource"]!["resourceType"]!.GetValue<string>()).ShouldBe(["Patient", "Observation", "Observation", "Practitioner"]);
        var first = await (await client.GetAsync($"Patient/{patient}/$everything?_count=1&_type=Observation", TestContext.Current.CancellationToken)).JsonAsync();
        var next = first["link"]!.AsArray().Single(l => l!["relation"]!.GetValue<string>() == "next")!["url"]!.GetValue<string>();
        var second = await (await client.GetAsync(next, TestContext.Current.CancellationToken)).JsonAsync();
        first["entry"]!.AsArray().Concat(second["entry"]!.AsArray()).Select(e => e!["resource"]!["id"]!.GetValue<string>()).Distinct().Count().ShouldBe(2);

        using var stranger = await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Role = UserRole.Customer, PatientId = other, Scopes = ["patient/*.rs"] });
        (await stranger.GetAsync($"Patient/{patient}/$everything", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Validate_SaysWhatIsWrongAndStoresNothing()
    {
        using var client = await database.Server.ClientAsync();
        var bad = await client.SendAsync(HttpMethod.Post, "Observation/$validate", """{"resourceType":"Observation","code":{"text":"x"}}""");
        bad.StatusCode.ShouldBe(HttpStatusCode.OK);
        var issue = (await bad.JsonAsync())["issue"]![0]!;
        (issue["severity"]!.GetValue<string>(), issue["diagnostics"]!.GetValue<string>()).ShouldSatisfyAllConditions(
            i => i.Item1.ShouldBe("error"), i => i.Item2.ShouldContain("status"));
        var good = await client.SendAsync(HttpMethod.Post, "Observation/$validate", """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"}}}]}""");
        (await good.JsonAsync())["issue"]!.AsArray().ShouldAllBe(i => i!["severity"]!.GetValue<string>() != "error");
    }

    [Fact]
    public async Task AuditEvent_ShowsTheLog_ToTheScopeThatNamesItOnly()
    {
        using var client = await database.Server.ClientAsync();
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        await client.GetAsync($"Patient/{patient}", TestContext.Current.CancellationToken);
        (await client.GetAsync($"AuditEvent?patient=Patient/{patient}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var officer = await database.Server.ClientAsync(new IssueToken.Request { Name = "Tietosuoja", Role = UserRole.PrivacyOfficer, Scopes = ["user/AuditEvent.rs"] });
        var found = await (await officer.GetAsync($"AuditEvent?patient=Patient/{patient}&entity=Patient/{patient}", TestContext.Current.CancellationToken)).JsonAsync();
        found["entry"]!.AsArray().Select(e => e!["resource"]!["action"]!.GetValue<string>()).ShouldBe(["R", "C"]);
        var id = found["entry"]![0]!["resource"]!["id"]!.GetValue<string>();
        var one = await officer.GetAsync($"AuditEvent/{id}", TestContext.Current.CancellationToken);
        one.StatusCode.ShouldBe(HttpStatusCode.OK);
        var json = await one.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Fhir.Validation.FhirValidator.Default.Validate(json).Where(i => i.Severity == Fhir.Validation.IssueSeverity.Error).ShouldBeEmpty();
        (await officer.GetAsync($"Patient/{patient}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.SendAsync(HttpMethod.Post, "AuditEvent", "{}")).StatusCode.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Conformance_OpensEveryType()
    {
        await using var server = await FhirServer.StartAsync(database, new() { ["Fhir:Conformance"] = "true" });
        using var client = await server.ClientAsync();
        var medication = await client.CreateAsync("Medication", $$$"""{"resourceType":"Medication","code":{"coding":[{"code":"{{{_key}}}"}]}}""");
        var found = await (await client.GetAsync($"Medication?code={_key}", TestContext.Current.CancellationToken)).JsonAsync();
        found["entry"]![0]!["resource"]!["id"]!.GetValue<string>().ShouldBe(medication);
        await client.CreateAsync("Composition", """{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026-11-23","author":[{"display":"x"}],"title":"x"}""");
    }

    [Fact]
    public async Task Conformance_StoresWhatAnUnknownModifierExtensionChanges_OthersDoNot()
    {
        const string basic = """{"resourceType":"Organization","name":"x","modifierExtension":[{"url":"http://example.org/do-not","valueBoolean":true}]}""";
        using var open = await (await database.OpenServer).ClientAsync();
        (await open.SendAsync(HttpMethod.Post, "Organization", basic)).StatusCode.ShouldBe(HttpStatusCode.Created);
        using var closed = await database.Server.ClientAsync();
        (await closed.SendAsync(HttpMethod.Post, "Organization", basic)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await (await open.SendAsync(HttpMethod.Post, "Organization/$validate", basic)).JsonAsync())["issue"]![0]!["severity"]!.GetValue<string>().ShouldBe("error");
    }

    [Fact]
    public async Task Validate_OnTheSystem_TakesEveryType()
    {
        using var client = await database.Server.ClientAsync();
        var good = await client.SendAsync(HttpMethod.Post, "$validate", """{"resourceType":"Patient","gender":"female"}""");
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await good.JsonAsync())["issue"]!.AsArray().Select(i => i!["severity"]!.GetValue<string>()).ShouldNotContain("error");
        var bad = await client.SendAsync(HttpMethod.Post, "$validate", """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","gender":"none"}}]}""");
        (bad.StatusCode, (await bad.JsonAsync())["issue"]![0]!["severity"]!.GetValue<string>()).ShouldBe((HttpStatusCode.OK, "error"));
    }

    [Fact]
    public async Task Everything_ByPost_TakesItsParameters()
    {
        using var client = await database.Server.ClientAsync();
        var practitioner = await client.CreateAsync("Practitioner", """{"resourceType":"Practitioner"}""");
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        await client.CreateAsync("Observation", Observation(patient, practitioner));
        var found = await client.SendAsync(HttpMethod.Post, $"Patient/{patient}/$everything", """{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"Observation"}]}""");
        (await found.JsonAsync())["entry"]!.AsArray().Select(e => e!["resource"]!["resourceType"]!.GetValue<string>()).ShouldBe(["Observation"]);
    }

    [Fact]
    public async Task Everything_OfAPeriod_HoldsItsCare_AndNamesWhatItIgnores()
    {
        using var client = await database.Server.ClientAsync();
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        async Task<string> ObservedAsync(string when) => await client.CreateAsync(
            "Observation", $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}{{{when}}} }""");
        var (old, young, undated) = (
            await ObservedAsync(""","effectiveDateTime":"2020-05" """), await ObservedAsync(""","effectivePeriod":{"start":"2024-12-31"}"""), await ObservedAsync(""));
        (string Query, string[] Expected)[] asked =
        [
            ("start=2021-01-01", [young, undated]), ("end=2020-05-01", [old, undated]), ("start=2020-05-31&end=2024-12-31", [old, young, undated]), ("end=2019", [undated]),
        ];
        foreach (var (query, expected) in asked)
        {
            var found = await (await client.GetAsync($"Patient/{patient}/$everything?_type=Observation&{query}", TestContext.Current.CancellationToken)).JsonAsync();
            found["entry"]!.AsArray().Select(e => e!["resource"]!["id"]!.GetValue<string>()).ShouldBe(expected, query);
        }

        var other = await client.SendAsync(HttpMethod.Get, $"Patient/{patient}/$everything?_type=Observation&mode=x");
        (await other.JsonAsync())["entry"]!.AsArray().Last()!["search"]!["mode"]!.GetValue<string>().ShouldBe("outcome");
        (await client.SendAsync(HttpMethod.Get, $"Patient/{patient}/$everything?mode=x", null, ("Prefer", "handling=strict"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync($"Patient/{patient}/$everything?start=never", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "metadata")]
    [InlineData("OPTIONS", "")]
    public async Task AWrongMethod_IsToldWhichAreRight(string method, string path)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(new HttpMethod(method), path);
        (answer.StatusCode, answer.Content.Headers.Allow.Contains("GET")).ShouldBe((HttpStatusCode.MethodNotAllowed, true));
    }

    [Fact]
    public async Task PartOfADefinition_IsMarkedOnce()
    {
        using var client = await database.Server.ClientAsync();
        foreach (var address in (string[])["StructureDefinition/Patient", "StructureDefinition/Patient?_summary=true"])
        {
            (await (await client.GetAsync(address, TestContext.Current.CancellationToken)).JsonAsync())["meta"]!["tag"]!.AsArray().Select(t => t!["code"]!.GetValue<string>()).ShouldBe(["SUBSETTED"]);
        }
    }

    [Fact]
    public async Task Document_HoldsTheCompositionAndWhatItRefersTo()
    {
        await using var server = await FhirServer.StartAsync(database, new() { ["Fhir:Conformance"] = "true" });
        using var client = await server.ClientAsync();
        var patient = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        var author = await client.CreateAsync("Practitioner", """{"resourceType":"Practitioner"}""");
        var observation = await client.CreateAsync("Observation", Observation(patient, author));
        var composition = await client.CreateAsync("Composition", $$$"""{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026-11-23","title":"x","subject":{"reference":"Patient/{{{patient}}}"},"author":[{"reference":"Practitioner/{{{author}}}"}],"section":[{"title":"s","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">s</div>"},"entry":[{"reference":"Observation/{{{observation}}}"}]}]}""");
        var response = await client.GetAsync($"Composition/{composition}/$document", TestContext.Current.CancellationToken);
        var json = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Fhir.Validation.FhirValidator.Default.Validate(json).Where(i => i.Severity == Fhir.Validation.IssueSeverity.Error).ShouldBeEmpty();
        (await response.JsonAsync())["entry"]!.AsArray().Select(e => e!["resource"]!["resourceType"]!.GetValue<string>())
            .ShouldBe(["Composition", "Patient", "Practitioner", "Observation"]);
    }

    private static string Observation(string patient, string practitioner) => $$$"""
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"},"performer":[{"reference":"Practitioner/{{{practitioner}}}"}]}
        """;
}
