using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CareRecords.Tests;

/// <summary>The FHIR interface on Kestrel, on a care database.</summary>
internal sealed class FhirServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CareDatabaseFixture _database;

    private FhirServer(WebApplication application, CareDatabaseFixture database) => (_application, _database) = (application, database);

    internal static async Task<FhirServer> StartAsync(
        CareDatabaseFixture database, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        database.AddTo(builder.Services);
        builder.Services.AddFhir(builder.Configuration);
        more?.Invoke(builder.Services);
        var application = builder.Build();
        application.MapFhir();
        await application.StartAsync();
        return new FhirServer(application, database);
    }

    internal string Base => _application.Urls.Single() + "/fhir/";

    /// <summary>A client with a token of its own.</summary>
    internal async Task<HttpClient> ClientAsync(params string[] scopes) =>
        Client((await IssueAsync(new IssueToken.Request { Name = "Testiohjelma", Scopes = scopes.Length > 0 ? scopes : ["system/*.cruds"] })).Token);

    internal async Task<HttpClient> ClientAsync(IssueToken.Request request) => Client((await IssueAsync(request)).Token);

    internal async Task<IssueToken.Issued> IssueAsync(IssueToken.Request request)
    {
        await using var scope = _database.As(UserRole.Administrator);
        await using var work = new UnitOfWork(_database.DataSource);
        var issued = await IssueToken.HandleAsync(work, scope.Log(), TimeProvider.System, request, default);
        await work.CommitAsync();
        return issued;
    }

    internal HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(Base) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}

internal static class FhirHttp
{
    internal static StringContent Content(string json, string type = "application/fhir+json") => new(json, Encoding.UTF8, type);

    internal static Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string url, string? json = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, url) { Content = json is null ? null : Content(json) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    /// <summary>Creates a resource and gives back its id.</summary>
    internal static async Task<string> CreateAsync(this HttpClient client, string type, string json)
    {
        var response = await client.SendAsync(HttpMethod.Post, type, json);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }
}
