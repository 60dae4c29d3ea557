using System.Net;
using System.Text.Json.Nodes;
using CareRecords.Audit;
using CareRecords.Rest;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>create, read, vread, update, delete and instance history over HTTP.</summary>
public sealed class InstanceTests(CareDatabase database)
{
    [Fact]
    public async Task Create_ThenRead_GivesIdVersionLocationAndTheSameContent()
    {
        using var client = await database.Server.ClientAsync();
        var created = await client.SendAsync(HttpMethod.Post, "Patient", """{"resourceType":"Patient","id":"mine","name":[{"family":"Testi"}],"meta":{"tag":[{"code":"x"}],"versionId":"77"}}""");
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var body = await created.JsonAsync();
        var id = body["id"]!.GetValue<string>();
        id.ShouldNotBe("mine");
        created.Headers.Location!.ToString().ShouldBe($"{database.Server.Base}Patient/{id}/_history/1");
        created.Headers.ETag!.ToString().ShouldBe("W/\"1\"");

        var read = await client.GetAsync($"Patient/{id}", TestContext.Current.CancellationToken);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        read.Content.Headers.ContentType!.ToString().ShouldBe("application/fhir+json; charset=utf-8");
        read.Headers.ETag!.ToString().ShouldBe("W/\"1\"");
        read.Content.Headers.LastModified.ShouldNotBeNull();
        (await read.JsonAsync()).ToJsonString().ShouldBe(body.ToJsonString());
        body["meta"]!["versionId"]!.GetValue<string>().ShouldBe("1");
        body["meta"]!["tag"]![0]!["code"]!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task Update_Twice_KeepsEveryVersionReadableAndInTheHistory()
    {
        using var client = await database.Server.ClientAsync();
        var id = Some.Id();
        for (var version = 1; version <= 3; version++)
        {
            var put = await client.SendAsync(HttpMethod.Put, $"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"N{{version}}"}]}""");
            put.StatusCode.ShouldBe(version == 1 ? HttpStatusCode.Created : HttpStatusCode.OK);
            put.Headers.ETag!.Tag.ShouldBe($"\"{version}\"");
        }

        for (var version = 1; version <= 3; version++)
        {
            var old = await (await client.GetAsync($"Patient/{id}/_history/{version}", TestContext.Current.CancellationToken)).JsonAsync();
            old["name"]![0]!["family"]!.GetValue<string>().ShouldBe($"N{version}");
        }

        (await client.SendAsync(HttpMethod.Delete, $"Patient/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var history = await (await client.GetAsync($"Patient/{id}/_history", TestContext.Current.CancellationToken)).JsonAsync();
        history["entry"]!.AsArray().Select(e => $"{e!["request"]!["method"]} {e["response"]!["etag"]} {e["resource"]?["name"]?[0]?["family"]}".Trim())
            .ShouldBe(["DELETE W/\"4\"", "PUT W/\"3\" N3", "PUT W/\"2\" N2", "PUT W/\"1\" N1"]);
    }

    [Fact]
    public async Task History_PageByPage_GivesEveryVersionOnceWhileOthersWrite()
    {
        using var client = await database.Server.ClientAsync();
        var id = Some.Id();
        for (var version = 1; version <= 7; version++)
        {
            await client.SendAsync(HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"N{{version}}"}""");
        }

        var seen = new List<string>();
        for (var url = $"Organization/{id}/_history?_count=3"; url is not null;)
        {
            var page = await (await client.GetAsync(url, TestContext.Current.CancellationToken)).JsonAsync();
            seen.AddRange(page["entry"]!.AsArray().Select(e => e!["resource"]!["meta"]!["versionId"]!.GetValue<string>()));
            url = page["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>();
            await client.SendAsync(HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"later"}""");
        }

        seen.ShouldBe(["7", "6", "5", "4", "3", "2", "1"]);
    }

    [Fact]
    public async Task History_PagesBackAndForth_CountsAndKnowsItsTotal()
    {
        using var client = await database.Server.ClientAsync();
        var id = Some.Id();
        for (var version = 1; version <= 5; version++)
        {
            await client.SendAsync(HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"N{{version}}"}""");
        }

        async Task<(string Versions, string Links, JsonNode Page)> PageAsync(string url)
        {
            var page = await (await client.GetAsync(url, TestContext.Current.CancellationToken)).JsonAsync();
            return (string.Join(' ', page["entry"]?.AsArray().Select(e => e!["resource"]!["meta"]!["versionId"]!.GetValue<string>()) ?? []),
                string.Join(' ', page["link"]!.AsArray().Select(l => l!["relation"]!.GetValue<string>())), page);
        }

        static string Link(JsonNode page, string relation) => page["link"]!.AsArray().Single(l => l!["relation"]!.GetValue<string>() == relation)!["url"]!.GetValue<string>();

        var first = await PageAsync($"Organization/{id}/_history?_count=2");
        var second = await PageAsync(Link(first.Page, "next"));
        var third = await PageAsync(Link(second.Page, "next"));
        (first.Versions, second.Versions, third.Versions).ShouldBe(("5 4", "3 2", "1"));
        (first.Links, second.Links, third.Links).ShouldBe(("self first next", "self first previous next", "self first previous"));
        var back = await PageAsync(Link(third.Page, "previous"));
        (back.Versions, back.Links).ShouldBe(("3 2", "self first previous next"));
        var begin = await PageAsync(Link(back.Page, "previous"));
        (begin.Versions, begin.Links).ShouldBe(("5 4", "self first next"));
        (await PageAsync(Link(begin.Page, "next"))).Versions.ShouldBe("3 2");
        (await PageAsync(Link(third.Page, "first"))).Versions.ShouldBe("5 4");
        new[] { first, second, third, back }.Select(p => p.Page["total"]!.GetValue<int>()).ShouldBe([5, 5, 5, 5]);
        var none = await PageAsync($"Organization/{id}/_history?_count=0");
        (none.Versions, none.Links, none.Page["total"]!.GetValue<int>()).ShouldBe(("", "self first", 5));
        // The plus of a zone, written as it is, arrives as a space.
        (await PageAsync($"Organization/{id}/_history?_since=2020-01-01T00:00:00+02:00")).Page["total"]!.GetValue<int>().ShouldBe(5);
    }

    [Fact]
    public async Task Delete_ThenRead_IsGone_AndAnUpdateBringsItBack()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        (await client.SendAsync(HttpMethod.Delete, $"Organization/{id}")).Headers.ETag!.Tag.ShouldBe("\"2\"");
        (await client.GetAsync($"Organization/{id}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await client.GetAsync($"Organization/{id}/_history/1", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync($"Organization/{id}/_history/2", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await client.SendAsync(HttpMethod.Delete, $"Organization/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var back = await client.SendAsync(HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"B"}""");
        (back.StatusCode, back.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.Created, "\"3\""));
    }

    [Fact]
    public async Task Read_WithTheKnownVersionOrTime_Is304WithoutBody()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        var same = await client.SendAsync(HttpMethod.Get, $"Organization/{id}", null, ("If-None-Match", "W/\"1\""));
        (same.StatusCode, same.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.NotModified, "\"1\""));
        (await same.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await client.SendAsync(HttpMethod.Get, $"Organization/{id}", null, ("If-None-Match", "W/\"7\""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var modified = (await client.GetAsync($"Organization/{id}", TestContext.Current.CancellationToken)).Content.Headers.LastModified!.Value;
        (await client.SendAsync(HttpMethod.Get, $"Organization/{id}", null, ("If-Modified-Since", modified.ToString("R")))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await client.SendAsync(HttpMethod.Get, $"Organization/{id}", null, ("If-Modified-Since", modified.AddSeconds(-2).ToString("R")))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Head_GivesTheHeadersOfGetAndNoBody()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        var head = await client.SendAsync(HttpMethod.Head, $"Organization/{id}");
        (head.StatusCode, head.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.OK, "\"1\""));
        head.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(50);
        (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/fhir+json", 200)]
    [InlineData("application/json", 200)]
    [InlineData("*/*", 200)]
    [InlineData("text/html, application/fhir+json;q=0.5", 200)]
    [InlineData("application/fhir+json; fhirVersion=4.0", 200)]
    [InlineData("application/fhir+json; fhirVersion=3.0", 406)]
    [InlineData("text/turtle", 406)]
    [InlineData("application/fhir+json;q=0", 406)]
    public async Task Read_ByAcceptHeader_IsAnsweredOr406(string accept, int status)
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        ((int)(await client.SendAsync(HttpMethod.Get, $"Organization/{id}", null, ("Accept", accept))).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Read_ByFormatParameter_OverridesAccept()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        (await client.SendAsync(HttpMethod.Get, $"Organization/{id}?_format=json", null, ("Accept", "text/turtle"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Get, $"Organization/{id}?_format=ttl")).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        (await (await client.SendAsync(HttpMethod.Get, $"Organization/{id}?_pretty=true")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\n  \"name\": \"A\"");
    }

    [Fact]
    public async Task Create_WithAnotherContentType_Is415()
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.PostAsync("Patient", FhirHttp.Content("<Patient/>", "text/turtle"), TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await response.JsonAsync())["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990-01-01","birthDate":"1991-01-01"}""")]
    [InlineData("""{"resourceType":"Patient","colour":"red"}""")]
    [InlineData("""{"resourceType":"Patient","active":"true"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990-13-01"}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"}}""")]
    [InlineData("""{"resourceType":"Patient","name":[]}""")]
    [InlineData("""[1]""")]
    [InlineData("""{""")]
    [InlineData("")]
    public async Task Create_OfWhatIsNoSuchResource_IsRefusedWithTheReason(string json)
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.SendAsync(HttpMethod.Post, "Patient", json);
        ((int)response.StatusCode).ShouldBeOneOf(400, 422);
        (await response.JsonAsync())["issue"]![0]!["severity"]!.GetValue<string>().ShouldBe("error");
    }

    [Fact]
    public async Task Update_WithAStaleIfMatch_Is412AndChangesNothing()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        var body = $$"""{"resourceType":"Organization","id":"{{id}}","name":"B"}""";
        (await client.SendAsync(HttpMethod.Put, $"Organization/{id}", body, ("If-Match", "W/\"1\""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Put, $"Organization/{id}", body, ("If-Match", "W/\"1\""))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.SendAsync(HttpMethod.Delete, $"Organization/{id}", null, ("If-Match", "W/\"1\""))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.GetAsync($"Organization/{id}", TestContext.Current.CancellationToken)).Headers.ETag!.Tag.ShouldBe("\"2\"");
    }

    [Fact]
    public async Task Update_By32ClientsWithTheSameIfMatch_LetsExactlyOneThrough()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"A"}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => client.SendAsync(
            HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"B{{n}}"}""", ("If-Match", "W/\"1\""))));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(31);
    }

    [Fact]
    public async Task Update_By32ClientsOfANewId_CreatesOnceAndLosesNoUpdate()
    {
        using var client = await database.Server.ClientAsync();
        var id = Some.Id();
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => client.SendAsync(
            HttpMethod.Put, $"Organization/{id}", $$"""{"resourceType":"Organization","id":"{{id}}","name":"B{{n}}"}""")));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(31);
        answers.Select(a => a.Headers.ETag!.Tag).Distinct().Count().ShouldBe(32);
    }

    [Theory]
    [InlineData("return=minimal", "")]
    [InlineData("return=representation", "Organization")]
    [InlineData("return=OperationOutcome", "OperationOutcome")]
    public async Task Create_ByPreferReturn_GivesWhatWasAskedFor(string prefer, string type)
    {
        using var client = await database.Server.ClientAsync();
        var response = await client.SendAsync(HttpMethod.Post, "Organization", """{"resourceType":"Organization","name":"A"}""", ("Prefer", prefer));
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        (text.Length == 0 ? "" : (await response.JsonAsync())["resourceType"]!.GetValue<string>()).ShouldBe(type);
    }

    [Fact]
    public async Task Update_WithAnotherIdInTheBody_Is400()
    {
        using var client = await database.Server.ClientAsync();
        (await client.SendAsync(HttpMethod.Put, "Patient/a1", """{"resourceType":"Patient","id":"a2"}""")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.SendAsync(HttpMethod.Put, "Patient/a1", """{"resourceType":"Patient"}""")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Update_ThatMovesARecordToAnotherPatient_IsRefused()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Observation", """{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/one"}}""");
        var moved = await client.SendAsync(HttpMethod.Put, $"Observation/{id}", $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/two"}}""");
        moved.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Write_OfAProjectedTypeWithoutItsOwner_Is405()
    {
        using var client = await database.Server.ClientAsync();
        (await client.SendAsync(HttpMethod.Post, "Composition", "{}")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await client.SendAsync(HttpMethod.Post, "Medication", "{}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task EachInteraction_LeavesOneLeafThatNamesThePatient()
    {
        using var client = await database.Server.ClientAsync(new IssueToken.Request { Name = "Testiohjelma 7", Scopes = ["system/*.cruds"] });
        var id = await client.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        await client.GetAsync($"Patient/{id}", TestContext.Current.CancellationToken);
        await client.GetAsync($"Patient/{id}/_history", TestContext.Current.CancellationToken);
        await client.SendAsync(HttpMethod.Put, $"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}"}""");
        await client.SendAsync(HttpMethod.Delete, $"Patient/{id}");
        await using var scope = database.As(UserRole.PrivacyOfficer);
        var seen = await scope.ServiceProvider.GetRequiredService<AccessHistory>().OfPatientAsync(id, cancel: TestContext.Current.CancellationToken);
        seen.Skip(1).Select(l => $"{l.Interaction} {l.ResourceVersion} {l.ActorName}").ShouldBe(
            ["delete 3 Testiohjelma 7", "update 2 Testiohjelma 7", "read  Testiohjelma 7", "read 1 Testiohjelma 7", "create 1 Testiohjelma 7"]);
    }

    [Fact]
    public async Task Body_AtRest_IsNotReadable()
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Patient", """{"resourceType":"Patient","name":[{"family":"Salaisuusmerkki"}]}""");
        await using var command = database.DataSource.CreateCommand("select body from care.resource where type = 'Patient' and id = $1");
        command.Parameters.Add(new() { Value = id });
        var body = (byte[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        System.Text.Encoding.Latin1.GetString(body).ShouldNotContain("Salaisuus");
    }
}
