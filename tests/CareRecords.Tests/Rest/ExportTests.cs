using System.Net;
using System.Text.Json.Nodes;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Export;
using CareRecords.Rest;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>Bulk export: asynchronous, filtered by the token's rights, fetched only by who asked for it, and logged as what was disclosed.</summary>
public sealed class ExportTests(CareDatabase database)
{
    private readonly string _key = Guid.NewGuid().ToString("n")[..12];

    [Fact]
    public async Task OfTheSystem_GivesEveryRecordThatTheTokenMayRead_AsFilesThatAreLogged()
    {
        using var client = await database.Server.ClientAsync();
        var (patient, observation) = await RecordsAsync(client);
        using var exporter = await database.Server.ClientAsync("system/Patient.rs", "system/Observation.rs");
        var manifest = await DoneAsync(exporter, await BeginAsync(exporter, $"$export?_typeFilter=Patient?identifier={_key},Observation?code={_key}"));
        manifest["requiresAccessToken"]!.GetValue<bool>().ShouldBeTrue();
        manifest["request"]!.GetValue<string>().ShouldContain("$export?_typeFilter=");
        var files = manifest["output"]!.AsArray();
        files.Select(f => (f!["type"]!.GetValue<string>(), f["count"]!.GetValue<int>())).ShouldBe([("Patient", 1), ("Observation", 1)], ignoreOrder: true);
        foreach (var file in files)
        {
            var answer = await exporter.GetAsync(file!["url"]!.GetValue<string>(), TestContext.Current.CancellationToken);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/fhir+ndjson");
            var line = JsonNode.Parse((await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Single())!;
            line["id"]!.GetValue<string>().ShouldBe(line["resourceType"]!.GetValue<string>() == "Patient" ? patient : observation);
        }

        var disclosed = await LoggedAsync(patient);
        disclosed.ShouldBe(2);
    }

    [Fact]
    public async Task OfPatients_TakesWhatLiesInTheirCompartments()
    {
        using var client = await database.Server.ClientAsync();
        var (patient, observation) = await RecordsAsync(client);
        await RecordsAsync(client);
        var lines = await LinesAsync(client, await DoneAsync(client, await BeginAsync(client, $"Patient/$export?patient=Patient/{patient}&_type=Patient,Observation&_elements=Patient.identifier")));
        lines.Select(l => l["id"]!.GetValue<string>()).ShouldBe([patient, observation], ignoreOrder: true);
        lines.Single(l => l["resourceType"]!.GetValue<string>() == "Patient")["identifier"].ShouldNotBeNull();
        lines.Single(l => l["resourceType"]!.GetValue<string>() == "Patient")["name"].ShouldBeNull();
        lines.Single(l => l["resourceType"]!.GetValue<string>() == "Observation")["status"].ShouldNotBeNull();
        (await client.SendAsync(HttpMethod.Get, "Patient/$export?_type=Organization", null, ("Prefer", "respond-async"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task OfAGroup_TakesItsPatients_UnderTheOpenPolicy()
    {
        using var client = await (await database.OpenServer).ClientAsync();
        var (patient, _) = await RecordsAsync(client);
        await RecordsAsync(client);
        var group = await client.CreateAsync("Group", $$$"""{"resourceType":"Group","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/{{{patient}}}"}}]}""");
        var lines = await LinesAsync(client, await DoneAsync(client, await BeginAsync(client, $"Group/{group}/$export?_type=Patient")));
        lines.Select(l => l["id"]!.GetValue<string>()).ShouldBe([patient]);
        (await client.SendAsync(HttpMethod.Get, "Group/none/$export", null, ("Prefer", "respond-async"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Since_LeavesOutWhatIsOlder()
    {
        using var client = await database.Server.ClientAsync();
        await RecordsAsync(client);
        var manifest = await DoneAsync(client, await BeginAsync(client, $"$export?_type=Observation&_typeFilter=Observation?code={_key}"));
        manifest["output"]!.AsArray().Count.ShouldBe(1);
        var since = Uri.EscapeDataString(manifest["transactionTime"]!.GetValue<string>());
        var (_, later) = await RecordsAsync(client);
        var lines = await LinesAsync(client, await DoneAsync(client, await BeginAsync(client, $"$export?_type=Observation&_typeFilter=Observation?code={_key}&_since={since}")));
        lines.Select(l => l["id"]!.GetValue<string>()).ShouldBe([later]);
    }

    [Fact]
    public async Task NobodyElse_SeesAnExport_AndDeletedItIsGone()
    {
        using var client = await database.Server.ClientAsync();
        await RecordsAsync(client);
        var place = await BeginAsync(client, $"$export?_type=Patient&_typeFilter=Patient?identifier={_key}");
        var manifest = await DoneAsync(client, place);
        var file = manifest["output"]![0]!["url"]!.GetValue<string>();
        using var other = await database.Server.ClientAsync();
        foreach (var address in (string[])[place, file])
        {
            (await other.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await other.SendAsync(HttpMethod.Delete, place)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.SendAsync(HttpMethod.Delete, place)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        foreach (var address in (string[])[place, file])
        {
            (await client.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task OnlyAProgramsToken_WithTheRight_Exports()
    {
        using var client = await database.Server.ClientAsync();
        var (patient, _) = await RecordsAsync(client);
        foreach (var request in (IssueToken.Request[])[
            new() { Name = "x", Scopes = ["patient/*.rs"], PatientId = patient }, new() { Name = "x", Scopes = ["user/*.rs"], Role = UserRole.Practitioner }, new() { Name = "x", Scopes = ["system/*.r"] }])
        {
            using var refused = await database.Server.ClientAsync(request);
            (await refused.SendAsync(HttpMethod.Get, "$export", null, ("Prefer", "respond-async"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        using var narrow = await database.Server.ClientAsync("system/Patient.rs");
        (await narrow.SendAsync(HttpMethod.Get, "$export?_type=Observation", null, ("Prefer", "respond-async"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("$export", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("_type=Nothing")]
    [InlineData("_type=AuditEvent")]
    [InlineData("_since=yesterday")]
    [InlineData("_outputFormat=text/csv")]
    [InlineData("_elements=nothing")]
    [InlineData("_typeFilter=Patient?nothing=1")]
    [InlineData("_typeFilter=Patient?_include=Patient:organization")]
    [InlineData("_type=Patient&_typeFilter=Observation?code=x")]
    [InlineData("includeAssociatedData=LatestProvenanceResources")]
    [InlineData("patient=Patient/1")]
    public async Task AWrongParameter_IsRefused(string query)
    {
        using var client = await database.Server.ClientAsync();
        (await client.SendAsync(HttpMethod.Get, "$export?" + query, null, ("Prefer", "respond-async"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task AStoppedExport_GoesOnFromItsLastFile_AndARevokedTokenGetsNothingMore()
    {
        using var client = await database.Server.ClientAsync();
        await RecordsAsync(client);
        var issued = await database.Server.IssueAsync(new IssueToken.Request { Name = "x", Scopes = ["system/*.rs"] });
        // As a program leaves it that died after the first type's file.
        var job = Guid.CreateVersion7();
        await using (var command = database.DataSource.CreateCommand(
            """
            insert into care.export_job (id, token_id, request, base_url, types, elements, filters, transaction_time, after, expires_at, type_index, lease, lease_until)
            values ($1, $2, 'x', 'x', array['Patient', 'Observation'], '{}', array['Observation?code=' || $3], now() + interval '1 hour', '1', now() + interval '1 day', 1, $1, now() - interval '1 second')
            """))
        {
            command.Parameters.AddWithValue(job);
            command.Parameters.AddWithValue(issued.Id);
            command.Parameters.AddWithValue(_key);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var exporter = database.Server.Client(issued.Token);
        var manifest = await DoneAsync(exporter, $"$export/{job}");
        manifest["output"]!.AsArray().Select(f => f!["type"]!.GetValue<string>()).ShouldBe(["Observation"]);
        await using (var work = new UnitOfWork(database.DataSource))
        {
            await using var scope = database.As(UserRole.Administrator);
            (await IssueToken.RevokeAsync(work, scope.Log(), TimeProvider.System, issued.Id, TestContext.Current.CancellationToken)).ShouldBeTrue();
            await work.CommitAsync();
        }

        (await exporter.GetAsync($"$export/{job}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WhatIsKept_IsEncrypted_AndDeletedInTime()
    {
        using var client = await database.Server.ClientAsync();
        await RecordsAsync(client);
        var place = await BeginAsync(client, $"$export?_type=Patient&_typeFilter=Patient?identifier={_key}");
        await DoneAsync(client, place);
        var job = Guid.Parse(place[(place.LastIndexOf('/') + 1)..]);
        (await ScalarAsync<bool>("select position($2::bytea in content) > 0 from care.export_file where job_id = $1", job, System.Text.Encoding.UTF8.GetBytes("Meikäläinen"))).ShouldBeFalse();
        (await ScalarAsync<bool>("with e as (update care.export_job set expires_at = now() - interval '1 second' where id = $1 returning 1) select count(*) = 1 from e", job)).ShouldBeTrue();
        (await client.GetAsync(place, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await ExportClaim.TidyAsync(database.DataSource, TestContext.Current.CancellationToken);
        (await ScalarAsync<bool>("select count(*) = 0 from care.export_file where job_id = $1", job)).ShouldBeTrue();
    }

    private async Task<(string Patient, string Observation)> RecordsAsync(HttpClient client)
    {
        var patient = await client.CreateAsync("Patient", $$$"""{"resourceType":"Patient","identifier":[{"system":"urn:test","value":"{{{_key}}}"}],"name":[{"family":"Meikäläinen"}]}""");
        return (patient, await client.CreateAsync(
            "Observation", $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"{{{_key}}}"}]},"subject":{"reference":"Patient/{{{patient}}}"}}"""));
    }

    private static async Task<string> BeginAsync(HttpClient client, string address)
    {
        var answer = await client.SendAsync(HttpMethod.Get, address, null, ("Prefer", "respond-async"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return answer.Content.Headers.GetValues("Content-Location").Single();
    }

    private static async Task<JsonNode> DoneAsync(HttpClient client, string place)
    {
        while (true)
        {
            var answer = await client.GetAsync(place, TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
                return await answer.JsonAsync();
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            answer.Headers.GetValues("X-Progress").Single().ShouldContain("records");
            answer.Headers.RetryAfter.ShouldNotBeNull();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<List<JsonNode>> LinesAsync(HttpClient client, JsonNode manifest)
    {
        var lines = new List<JsonNode>();
        foreach (var file in manifest["output"]!.AsArray())
        {
            var text = await client.GetStringAsync(file!["url"]!.GetValue<string>(), TestContext.Current.CancellationToken);
            lines.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!));
        }

        return lines;
    }

    private Task<long> LoggedAsync(string patient) => ScalarAsync<long>(
        "select count(*) from care.access_leaf l join care.access_leaf_patient p on p.leaf_id = l.id where p.patient_id = $1 and l.interaction = 'export' and l.detail = '$export'", patient);

    private async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
