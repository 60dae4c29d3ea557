using System.Net;
using CareRecords.Database;
using CareRecords.Rest;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>Who may come in, and that what is denied looks like what does not exist.</summary>
public sealed class TokenTests(CareDatabase database)
{
    [Fact]
    public async Task Request_WithoutToken_Is401_AndACookieDoesNotHelp()
    {
        using var client = database.Server.Client();
        var bare = await client.GetAsync("Patient/x", TestContext.Current.CancellationToken);
        (bare.StatusCode, bare.Headers.WwwAuthenticate.Single().Scheme).ShouldBe((HttpStatusCode.Unauthorized, "Bearer"));
        (await client.SendAsync(HttpMethod.Get, "Patient/x", null, ("Cookie", "__Host-session=abc"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.SendAsync(HttpMethod.Get, "Patient/x", null, ("Authorization", "Bearer care_guess"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("metadata", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Token_OnceRevokedOrExpired_Is401()
    {
        var revoked = await database.Server.IssueAsync(new IssueToken.Request { Name = "a", Scopes = ["system/*.rs"] });
        using var client = database.Server.Client(revoked.Token);
        (await client.GetAsync("Patient/x", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using (var scope = database.As(UserRole.Administrator))
        await using (var work = new UnitOfWork(database.DataSource))
        {
            (await IssueToken.RevokeAsync(work, scope.Log(), TimeProvider.System, revoked.Id, TestContext.Current.CancellationToken)).ShouldBeTrue();
            await work.CommitAsync(TestContext.Current.CancellationToken);
        }

        (await client.GetAsync("Patient/x", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var expired = await database.Server.IssueAsync(new IssueToken.Request { Name = "b", Scopes = ["system/*.rs"] });
        await using (var command = database.DataSource.CreateCommand("update care.bearer_token set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second' where id = $1"))
        {
            command.Parameters.Add(new() { Value = expired.Id });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var late = database.Server.Client(expired.Token);
        (await late.GetAsync("Patient/x", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("update care.bearer_token set scopes = array['system/Patient.rs'] where id = $1", HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData("update care.bearer_token set controller_id = (select min(id::text)::uuid from care.controller) where id = $1", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("update care.bearer_token set revoked_at = now() where id = $1", HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    public async Task Token_ThatLostRights_IsNotAnsweredByThoseItHadBefore(string loss, HttpStatusCode read, HttpStatusCode searched)
    {
        var (id, patient) = (Some.Id(), Some.Id());
        await using (var work = new UnitOfWork(database.DataSource))
        {
            var write = Write(id, patient) with { ControllerId = Guid.NewGuid() };
            await database.Services.GetRequiredService<ResourceStore>().WriteAsync(work, write, TestContext.Current.CancellationToken);
            await work.CommitAsync(TestContext.Current.CancellationToken);
        }

        var token = await database.Server.IssueAsync(new IssueToken.Request { Name = "d", Scopes = ["system/*.rs"] });
        using var client = database.Server.Client(token.Token);
        string[] urls = [$"Observation/{id}", $"Observation/{id}/_history/1", $"Observation?subject=Patient/{patient}"];
        foreach (var url in urls)
        {
            (await client.GetAsync(url, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK, url);
        }

        await using (var command = database.DataSource.CreateCommand(loss))
        {
            command.Parameters.Add(new() { Value = token.Id });
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        foreach (var url in urls)
        {
            var answer = await client.GetAsync(url, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(url.Contains('?') ? searched : read, url);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("\"final\"", Case.Sensitive, url);
        }

        await using var logged = database.DataSource.CreateCommand(
            "select count(*) from care.access_leaf_patient p join care.access_leaf l on l.id = p.leaf_id where p.patient_id = $1 and l.actor_user = $2");
        logged.Parameters.Add(new() { Value = patient });
        logged.Parameters.Add(new() { Value = token.Id });
        (await logged.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe((long)urls.Length, "what was thrown away was shown to nobody");
    }

    [Fact]
    public async Task Token_IsNotInTheDatabase()
    {
        var issued = await database.Server.IssueAsync(new IssueToken.Request { Name = "c", Scopes = ["system/*.rs"] });
        issued.Token.Length.ShouldBeGreaterThan(40);
        await using var command = database.DataSource.CreateCommand("select count(*) from care.bearer_token t where t::text like '%' || $1 || '%'");
        command.Parameters.Add(new() { Value = issued.Token });
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(0L);
    }

    [Theory]
    [InlineData("system/Patient.rs", "GET", "Patient/none", 404)]
    [InlineData("system/Patient.rs", "POST", "Patient", 403)]
    [InlineData("system/Observation.rs", "GET", "Patient/none", 404)]
    [InlineData("system/*.read", "PUT", "Patient/none", 403)]
    [InlineData("system/*.*", "GET", "AuditEvent/_history", 403)]
    public async Task Scope_DecidesByTypeAndDeed(string scope, string method, string url, int status)
    {
        using var client = await database.Server.ClientAsync(scope);
        var response = await client.SendAsync(new HttpMethod(method), url, method == "GET" ? null : """{"resourceType":"Patient","id":"none"}""");
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task PatientToken_SeesHerOwnReleasedRecordsOnly_AndTheRestLooksLikeNothing()
    {
        var (own, other) = (Some.Id(), Some.Id());
        var (released, kept, foreign) = (Some.Id(), Some.Id(), Some.Id());
        await using (var work = new UnitOfWork(database.DataSource))
        {
            var store = database.Services.GetRequiredService<ResourceStore>();
            await WriteAsync(store, work, released, own, DateTimeOffset.UtcNow.AddMinutes(-1));
            await WriteAsync(store, work, kept, own, DateTimeOffset.UtcNow.AddDays(1));
            await WriteAsync(store, work, foreign, other, DateTimeOffset.UtcNow.AddMinutes(-1));
            await work.CommitAsync(TestContext.Current.CancellationToken);
        }

        using var client = await database.Server.ClientAsync(new IssueToken.Request { Name = "Asta", Role = UserRole.Customer, PatientId = own, Scopes = ["patient/*.rs"] });
        (await client.GetAsync($"Observation/{released}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var nothing = await Masked(await client.GetAsync($"Observation/{Some.Id()}", TestContext.Current.CancellationToken));
        foreach (var id in (string[])[kept, foreign])
        {
            foreach (var url in (string[])[$"Observation/{id}", $"Observation/{id}/_history", $"Observation/{id}/_history/1"])
            {
                (await Masked(await client.GetAsync(url, TestContext.Current.CancellationToken))).ShouldBe(nothing, url);
            }
        }

        var all = await (await client.GetAsync("Observation/_history?_count=1000", TestContext.Current.CancellationToken)).JsonAsync();
        all["entry"]!.AsArray().Select(e => e!["resource"]!["id"]!.GetValue<string>()).ShouldBe([released]);
        (await client.SendAsync(HttpMethod.Put, $"Observation/{released}", Observation(released, own))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ControllerToken_DoesNotSeeRecordsOfAnotherController()
    {
        var (mine, theirs) = (Some.Id(), Some.Id());
        await using (var work = new UnitOfWork(database.DataSource))
        {
            var store = database.Services.GetRequiredService<ResourceStore>();
            await store.WriteAsync(work, Write(mine, Some.Id()) with { ControllerId = CareDatabaseFixture.Controller.Id }, TestContext.Current.CancellationToken);
            await store.WriteAsync(work, Write(theirs, Some.Id()) with { ControllerId = Guid.NewGuid() }, TestContext.Current.CancellationToken);
            await work.CommitAsync(TestContext.Current.CancellationToken);
        }

        using var client = await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Scopes = ["system/*.rs"], ControllerId = CareDatabaseFixture.Controller.Id });
        (await client.GetAsync($"Observation/{mine}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync($"Observation/{theirs}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync($"Observation/{theirs}/_history", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Observation(string id, string patient) =>
        $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""";

    private static ResourceWrite Write(string id, string patient) =>
        new("Observation", id, System.Text.Encoding.UTF8.GetBytes(Observation(id, patient)));

    private static async Task WriteAsync(ResourceStore store, UnitOfWork work, string id, string patient, DateTimeOffset sees) =>
        (await store.WriteAsync(work, Write(id, patient) with { PatientSeesFrom = sees }, TestContext.Current.CancellationToken)).Outcome.ShouldBe(WriteOutcome.Created);

    private static async Task<string> Masked(HttpResponseMessage response) =>
        $"{response.StatusCode} {response.Headers.ETag} {response.Content.Headers.LastModified} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
}
