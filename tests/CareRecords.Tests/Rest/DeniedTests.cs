using System.Text;
using System.Text.RegularExpressions;
using CareRecords.Database;
using CareRecords.Rest;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>Every interaction, asked for somebody else's record and for one that does not exist: status, headers and bytes are the same apart from the id, and the record stays as it was.</summary>
public sealed partial class DeniedTests(CareDatabase database)
{
    private static readonly string[] _tags = ["W/\"1\"", "W/\"2\"", "*"];
    private readonly string _mine = Guid.NewGuid().ToString();

    [Theory]
    [InlineData("controller")]
    [InlineData("customer")]
    [InlineData("types")]
    public async Task AForeignRecord_LooksLikeNone(string caller)
    {
        using var all = await database.Server.ClientAsync();
        var someone = await all.CreateAsync("Patient", """{"resourceType":"Patient"}""");
        var (foreign, deleted) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        await WriteAsync(new ResourceWrite("Observation", foreign, Encoding.UTF8.GetBytes(Observation(foreign, someone, "geheim"))) { ControllerId = Guid.NewGuid() });
        await WriteAsync(new ResourceWrite("Observation", deleted, Encoding.UTF8.GetBytes(Observation(deleted, someone, "geheim"))) { ControllerId = Guid.NewGuid() });
        (await all.DeleteAsync($"Observation/{deleted}", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        var before = await all.GetStringAsync($"Observation/{foreign}/_history", TestContext.Current.CancellationToken);

        using var client = await CallerAsync(caller);
        var absent = Guid.NewGuid().ToString();
        var (told, asked) = (new List<string>(), 0);
        foreach (var request in Requests())
        {
            var nothing = await AnswerAsync(client, request, absent);
            foreach (var id in (string[])[foreign, deleted])
            {
                asked++;
                if (await AnswerAsync(client, request, id) is var answer && answer != nothing)
                {
                    told.Add($"{request.Method} {request.Path} {request.Header}: {(id == deleted ? "(deleted) " : "")}{answer}\nbut of none: {nothing}");
                }
            }
        }

        told.Take(5).ShouldBeEmpty();
        asked.ShouldBeGreaterThan(100);
        (await all.GetStringAsync($"Observation/{foreign}/_history", TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task ARecord_DoesNotMoveToAnotherPatient_ByAnyWrite()
    {
        using var client = await database.Server.ClientAsync();
        var (one, other) = (await client.CreateAsync("Patient", """{"resourceType":"Patient"}"""), await client.CreateAsync("Patient", """{"resourceType":"Patient"}"""));
        var id = await client.CreateAsync("Observation", Observation(null, one, "x"));
        var moved = Observation(id, other, "x");
        var patch = $$$"""[{"op":"replace","path":"/subject/reference","value":"Patient/{{{other}}}"}]""";
        foreach (var answer in new[]
        {
            await client.SendAsync(HttpMethod.Put, $"Observation/{id}", moved), await client.SendAsync(HttpMethod.Put, $"Observation?_id={id}", moved),
            await PatchAsync(client, $"Observation/{id}", patch), await PatchAsync(client, $"Observation?_id={id}", patch),
            await client.SendAsync(HttpMethod.Post, "", Bundle("transaction", "PUT", $"Observation/{id}", moved, null)),
        })
        {
            ((int)answer.StatusCode).ShouldBe(422, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        (await client.GetAsync($"Observation/{id}", TestContext.Current.CancellationToken)).Headers.ETag!.Tag.ShouldBe("\"1\"");
    }

    private sealed record Request(HttpMethod Method, string Path, string? Body = null, string Type = "application/fhir+json", (string Name, string Value)? Header = null);

    private IEnumerable<Request> Requests()
    {
        var (body, patch) = (Observation("{id}", _mine, "y"), """[{"op":"test","path":"/code/text","value":"geheim"},{"op":"add","path":"/code/text","value":"y"}]""");
        foreach (var path in (string[])["Observation/{id}", "Observation/{id}/_history", "Observation/{id}/_history/1", "Observation/{id}/_history/2", "Observation/{id}/$validate"])
        {
            yield return new(HttpMethod.Get, path);
            yield return new(HttpMethod.Head, path);
            foreach (var tag in _tags)
            {
                yield return new(HttpMethod.Get, path, Header: ("If-None-Match", tag));
            }

            yield return new(HttpMethod.Get, path, Header: ("If-Modified-Since", "Wed, 01 Jan 2031 00:00:00 GMT"));
        }

        foreach (var path in (string[])["Observation/{id}", "Observation?_id={id}"])
        {
            foreach (var header in _tags.SelectMany(t => new (string, string)?[] { ("If-Match", t), ("If-None-Match", t) }).Append(null))
            {
                // A conditional update that finds none creates: that is its meaning, and the new record is the caller's own.
                if (path.Contains("/{id}", StringComparison.Ordinal))
                {
                    yield return new(HttpMethod.Put, path, body, Header: header);
                }

                yield return new(HttpMethod.Patch, path, patch, "application/json-patch+json", header);
                yield return new(HttpMethod.Delete, path, Header: header);
            }
        }

        foreach (var search in (string[])[
            "Observation?_id={id}", "Observation?_id={id}&_summary=count", "Observation?_id={id}&_include=*&_revinclude=*", "?_id={id}&_type=Observation", "Provenance?target=Observation/{id}",
            "Observation?derived-from:Observation._id={id}", "Observation?_has:Observation:derived-from:_id={id}", "Observation?_id={id}&_sort=-date&_total=accurate",
            "Observation/_history?_count=0", "Patient/{id}/Observation", "Patient/{id}/$everything", "Encounter/{id}/$everything", "Composition/{id}/$document", "Patient/{id}/*"])
        {
            yield return new(HttpMethod.Get, search);
        }

        foreach (var kind in (string[])["batch", "transaction"])
        {
            yield return new(HttpMethod.Post, "", Bundle(kind, "GET", "Observation/{id}", null, null));
            yield return new(HttpMethod.Post, "", Bundle(kind, "HEAD", "Observation/{id}", null, null));
            yield return new(HttpMethod.Post, "", Bundle(kind, "GET", "Observation/{id}", null, ("ifNoneMatch", "W/\"1\"")));
            yield return new(HttpMethod.Post, "", Bundle(kind, "GET", "Observation/{id}/_history/1", null, null));
            yield return new(HttpMethod.Post, "", Bundle(kind, "PUT", "Observation/{id}", body, null));
            yield return new(HttpMethod.Post, "", Bundle(kind, "PUT", "Observation/{id}", body, ("ifMatch", "W/\"1\"")));
            yield return new(HttpMethod.Post, "", Bundle(kind, "DELETE", "Observation/{id}", null, ("ifMatch", "W/\"1\"")));
            yield return new(HttpMethod.Post, "", Bundle(kind, "DELETE", "Observation?_id={id}", null, null));
            yield return new(HttpMethod.Post, "", Bundle(kind, "PATCH", "Observation/{id}", $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(patch))}}"}""", null));
        }
    }

    private static async Task<string> AnswerAsync(HttpClient client, Request request, string id)
    {
        using var message = new HttpRequestMessage(request.Method, request.Path.Replace("{id}", id, StringComparison.Ordinal));
        if (request.Body is not null)
        {
            message.Content = FhirHttp.Content(request.Body.Replace("{id}", id, StringComparison.Ordinal), request.Type);
        }

        if (request.Header is { } header)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not "Date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
        var text = $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n{await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
        // A page's seal and the instant of an answer differ from call to call.
        return Changing().Replace(text.Replace(id, "ID", StringComparison.Ordinal), "~");
    }

    private async Task<HttpClient> CallerAsync(string name) => name switch
    {
        "controller" => await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Scopes = ["system/*.cruds"], ControllerId = CareDatabaseFixture.Controller.Id }),
        "customer" => await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Role = UserRole.Customer, PatientId = _mine, Scopes = ["patient/*.cruds"] }),
        _ => await database.Server.ClientAsync("system/Condition.cruds", "system/Patient.cruds", "system/Encounter.cruds", "system/Composition.cruds"),
    };

    private async Task WriteAsync(ResourceWrite write)
    {
        await using var work = new UnitOfWork(database.DataSource);
        (await database.Services.GetRequiredService<ResourceStore>().WriteAsync(work, write, TestContext.Current.CancellationToken)).Succeeded.ShouldBeTrue();
        await work.CommitAsync(TestContext.Current.CancellationToken);
    }

    private static string Observation(string? id, string patient, string text) =>
        $$$"""{"resourceType":"Observation",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"final","code":{"text":"{{{text}}}"},"subject":{"reference":"Patient/{{{patient}}}"}}""";

    private static string Bundle(string type, string method, string url, string? resource, (string Name, string Value)? condition) =>
        $$$"""{"resourceType":"Bundle","type":"{{{type}}}","entry":[{ {{{(resource is null ? "" : $"\"resource\":{resource},")}}} "request":{"method":"{{{method}}}","url":"{{{url}}}"{{{(condition is { } c ? $",\"{c.Name}\":{System.Text.Json.JsonSerializer.Serialize(c.Value)}" : "")}}}} }]}""";

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, string path, string patch) =>
        client.PatchAsync(path, FhirHttp.Content(patch, "application/json-patch+json"), TestContext.Current.CancellationToken);

    [GeneratedRegex("_page=[A-Za-z0-9_%-]+|Content-Length: [0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Changing();
}
