using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Fhir.Json;
using Fhir.Xml;

namespace CareRecords.Tests.Rest;

/// <summary>One example resource through every interaction, in JSON and XML; what is not as the specification says is noted and the walk goes on.</summary>
internal sealed class SampleRun(HttpClient client, string name, JsonObject sample, List<string> faults)
{
    private readonly string _type = sample["resourceType"]!.GetValue<string>();
    private readonly string _id = Some.Id();
    private string _step = "";

    private string Address => $"{_type}/{_id}";

    internal async Task WalkAsync()
    {
        var body = With("id", _id);
        if (await CreateAsync(body))
        {
            await ReadAsync(body);
            await UpdateAsync();
            await PatchAsync();
            await FindAsync();
            await RefuseAsync(body);
            await DeleteAsync();
        }
    }

    private async Task<bool> CreateAsync(string body)
    {
        var put = await SendAsync("PUT as create", HttpMethod.Put, Address, body);
        if (put.StatusCode != HttpStatusCode.Created)
        {
            faults.Add($"{name}: PUT as create gives {(int)put.StatusCode} {Cut(await TextAsync(put))}");
            return false;
        }

        Written(put, 1);
        var post = await SendAsync("POST", HttpMethod.Post, _type, body, ("Prefer", "return=minimal"));
        Is(HttpStatusCode.Created, post);
        Is("", await TextAsync(post));
        var location = post.Headers.Location?.ToString() ?? "";
        True(location.StartsWith($"{client.BaseAddress}{_type}/", StringComparison.Ordinal) && location.EndsWith("/_history/1", StringComparison.Ordinal), $"Location {location}");
        True(!location.Contains(_id, StringComparison.Ordinal), "the server gives the id");
        var xml = await SendAsync("POST in XML", HttpMethod.Post, _type, Xml(body), ("Accept", "application/fhir+xml"), ("Prefer", "return=OperationOutcome"));
        Is(HttpStatusCode.Created, xml);
        Is("OperationOutcome", FhirXml.Parse(Encoding.UTF8.GetBytes(await TextAsync(xml))).TypeName);
        return true;
    }

    private async Task ReadAsync(string body)
    {
        var read = await SendAsync("read", HttpMethod.Get, Address);
        Is(HttpStatusCode.OK, read);
        Is("application/fhir+json; charset=utf-8", read.Content.Headers.ContentType?.ToString());
        var text = await TextAsync(read);
        Is(Plain(body), Plain(text));
        Is(_id, JsonNode.Parse(text)!["id"]?.GetValue<string>());
        var modified = read.Content.Headers.LastModified;
        True(modified is not null, "Last-Modified");
        var head = await SendAsync("HEAD", HttpMethod.Head, Address);
        Is((HttpStatusCode.OK, "W/\"1\"", (long?)Encoding.UTF8.GetByteCount(text)), (head.StatusCode, head.Headers.ETag?.ToString(), head.Content.Headers.ContentLength));
        var xml = await SendAsync("read in XML", HttpMethod.Get, Address, null, ("Accept", "application/fhir+xml"));
        Is("application/fhir+xml; charset=utf-8", xml.Content.Headers.ContentType?.ToString());
        Is(Plain(text), Plain(FhirJson.WriteText(FhirXml.Parse(Encoding.UTF8.GetBytes(await TextAsync(xml))))));
        Is(HttpStatusCode.NotModified, await SendAsync("If-None-Match", HttpMethod.Get, Address, null, ("If-None-Match", "W/\"1\"")));
        Is(HttpStatusCode.NotModified, await SendAsync("If-None-Match: *", HttpMethod.Get, Address, null, ("If-None-Match", "*")));
        Is(HttpStatusCode.NotModified, await SendAsync("If-Modified-Since", HttpMethod.Get, Address, null, ("If-Modified-Since", modified!.Value.ToString("R"))));
        var version = await SendAsync("vread", HttpMethod.Get, $"{Address}/_history/1");
        Is((HttpStatusCode.OK, text), (version.StatusCode, await TextAsync(version)));
        Is(HttpStatusCode.NotFound, await SendAsync("vread of no version", HttpMethod.Get, $"{Address}/_history/9"));
        foreach (var summary in (string[])["true", "text", "data", "false"])
        {
            var part = await SendAsync($"_summary={summary}", HttpMethod.Get, $"{Address}?_summary={summary}");
            Is(HttpStatusCode.OK, part);
            Is(summary != "false", (await TextAsync(part)).Contains("SUBSETTED", StringComparison.Ordinal));
        }

        var elements = JsonNode.Parse(await TextAsync(await SendAsync("_elements", HttpMethod.Get, $"{Address}?_elements=id")))!.AsObject();
        True(elements["id"] is not null && elements["meta"]?["tag"] is not null && elements["text"] is null, "_elements");
    }

    private async Task UpdateAsync()
    {
        var body = With("id", _id, "language", "fi");
        Written(await SendAsync("update in XML", HttpMethod.Put, Address, Xml(body)), 2);
        Is(HttpStatusCode.PreconditionFailed, await SendAsync("stale If-Match", HttpMethod.Put, Address, body, ("If-Match", "W/\"1\"")));
        Is(HttpStatusCode.PreconditionFailed, await SendAsync("PUT If-None-Match: *", HttpMethod.Put, Address, body, ("If-None-Match", "*")));
        Written(await SendAsync("If-Match", HttpMethod.Put, Address, body, ("If-Match", "W/\"2\"")), 3);
    }

    private async Task PatchAsync()
    {
        var json = await SendAsync("JSON Patch", HttpMethod.Patch, Address, """[{"op":"add","path":"/language","value":"sv"}]""", ("Content-Type", "application/json-patch+json"));
        Written(json, 4);
        Is("sv", JsonNode.Parse(await TextAsync(json))?["language"]?.GetValue<string>());
        var patch = $$"""{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"{{_type}}.language"},{"name":"value","valueCode":"en"}]}]}""";
        Written(await SendAsync("FHIRPath Patch in XML", HttpMethod.Patch, Address, Xml(patch)), 5);
    }

    private async Task FindAsync()
    {
        var history = JsonNode.Parse(await TextAsync(await SendAsync("history", HttpMethod.Get, $"{Address}/_history")))!;
        Is("5,4,3,2,1", string.Join(',', history["entry"]!.AsArray().Select(e => e!["resource"]!["meta"]!["versionId"]!.GetValue<string>())));
        var inXml = await SendAsync("history in XML", HttpMethod.Get, $"{Address}/_history?_format=xml");
        var entries = JsonNode.Parse(FhirJson.WriteText(FhirXml.Parse(Encoding.UTF8.GetBytes(await TextAsync(inXml)))))!["entry"]!;
        Is(Plain(history["entry"]!.ToJsonString()), Plain(entries.ToJsonString()));
        foreach (var format in (string[])["json", "xml"])
        {
            var text = await TextAsync(await SendAsync($"search in {format}", HttpMethod.Get, $"{_type}?_id={_id}&_format={format}"));
            var found = format == "json" ? JsonNode.Parse(text)! : JsonNode.Parse(FhirJson.WriteText(FhirXml.Parse(Encoding.UTF8.GetBytes(text))))!;
            Is(("searchset", 1, "match"), (found["type"]!.GetValue<string>(), found["entry"]!.AsArray().Count, found["entry"]![0]!["search"]!["mode"]!.GetValue<string>()));
            Is($"{client.BaseAddress}{Address}", found["entry"]![0]!["fullUrl"]!.GetValue<string>());
        }

        var count = JsonNode.Parse(await TextAsync(await SendAsync("_summary=count", HttpMethod.Get, $"{_type}?_id={_id}&_summary=count")))!;
        Is((1, true), (count["total"]!.GetValue<int>(), count["entry"] is null));
    }

    private async Task RefuseAsync(string body)
    {
        Is(HttpStatusCode.BadRequest, await SendAsync("another id", HttpMethod.Put, $"{_type}/{Some.Id()}", body));
        Is(HttpStatusCode.BadRequest, await SendAsync("no id", HttpMethod.Put, $"{_type}/{Some.Id()}", With("id", null)));
        Is(HttpStatusCode.BadRequest, await SendAsync("another type", HttpMethod.Post, _type == "Basic" ? "Patient" : "Basic", body));
        Is(HttpStatusCode.BadRequest, await SendAsync("another type by PUT", HttpMethod.Put, $"{(_type == "Basic" ? "Patient" : "Basic")}/{_id}", body));
        Is(HttpStatusCode.NotFound, await SendAsync("unknown id", HttpMethod.Get, $"{_type}/{Some.Id()}"));
        var wrong = await SendAsync("POST on an instance", HttpMethod.Post, Address, body);
        Is((HttpStatusCode.MethodNotAllowed, "DELETE, GET, HEAD, PATCH, PUT"), (wrong.StatusCode, string.Join(", ", wrong.Content.Headers.Allow.Order())));
    }

    private async Task DeleteAsync()
    {
        Is(HttpStatusCode.PreconditionFailed, await SendAsync("delete of a stale version", HttpMethod.Delete, Address, null, ("If-Match", "W/\"1\"")));
        var deleted = await SendAsync("delete", HttpMethod.Delete, Address);
        Is((HttpStatusCode.NoContent, "W/\"6\""), (deleted.StatusCode, deleted.Headers.ETag?.ToString()));
        Is(HttpStatusCode.Gone, await SendAsync("read of the deleted", HttpMethod.Get, Address));
        Is(HttpStatusCode.Gone, await SendAsync("patch of the deleted", HttpMethod.Patch, Address, "[]", ("Content-Type", "application/json-patch+json")));
        Is(HttpStatusCode.OK, await SendAsync("vread of the deleted", HttpMethod.Get, $"{Address}/_history/5"));
        Is(HttpStatusCode.NoContent, await SendAsync("delete again", HttpMethod.Delete, Address));
        var found = JsonNode.Parse(await TextAsync(await SendAsync("search of the deleted", HttpMethod.Get, $"{_type}?_id={_id}")))!;
        Is(true, found["entry"] is null);
        var history = JsonNode.Parse(await TextAsync(await SendAsync("history of the deleted", HttpMethod.Get, $"{Address}/_history")))!;
        Is(("DELETE", true), (history["entry"]![0]!["request"]!["method"]!.GetValue<string>(), history["entry"]![0]!["resource"] is null));
    }

    private void Written(HttpResponseMessage answer, int version)
    {
        Is(version == 1 ? HttpStatusCode.Created : HttpStatusCode.OK, answer);
        Is($"W/\"{version}\"", answer.Headers.ETag?.ToString());
        Is($"{client.BaseAddress}{Address}/_history/{version}", answer.Headers.Location?.ToString());
        True(answer.Content.Headers.LastModified is not null, "Last-Modified");
    }

    private Task<HttpResponseMessage> SendAsync(string step, HttpMethod method, string url, string? body = null, params (string Name, string Value)[] headers)
    {
        _step = step;
        var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = FhirHttp.Content(body, headers.FirstOrDefault(h => h.Name == "Content-Type").Value ?? (body[0] == '<' ? "application/fhir+xml" : "application/fhir+json"));
        }

        request.Headers.TryAddWithoutValidation("Accept", headers.Any(h => h.Name == "Accept") ? [] : ["application/fhir+json"]);
        foreach (var (header, value) in headers.Where(h => h.Name != "Content-Type"))
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private string With(params string?[] pairs)
    {
        var copy = sample.DeepClone().AsObject();
        for (var i = 0; i < pairs.Length; i += 2)
        {
            copy.Remove(pairs[i]!);
            if (pairs[i + 1] is { } value)
            {
                copy[pairs[i]!] = value;
            }
        }

        return copy.ToJsonString();
    }

    private static string Xml(string json) => FhirXml.WriteText(FhirJson.Parse(json));

    /// <summary>Sorted by property, without meta and id: what two forms of one content have in common.</summary>
    private static string Plain(string json) => Sorted(JsonNode.Parse(json)!, top: true).ToJsonString();

    private static JsonNode Sorted(JsonNode node, bool top = false) => node switch
    {
        JsonObject o => new JsonObject(o.Where(p => !top || p.Key is not ("id" or "meta")).OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : p.Key == "div" ? JsonValue.Create(Div(p.Value)) : Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(i => i is null ? null : Sorted(i))]),
        _ => node.DeepClone(),
    };

    // A narrative is the same XHTML however it is written.
    private static string Div(JsonNode div)
    {
        using var reader = System.Xml.XmlReader.Create(new StringReader(div.GetValue<string>()));
        return System.Xml.Linq.XElement.Load(reader).ToString(System.Xml.Linq.SaveOptions.DisableFormatting);
    }

    private void Is<T>(T expected, T actual) => True(EqualityComparer<T>.Default.Equals(expected, actual), $"expected {Cut($"{expected}")}, got {Cut($"{actual}")}");

    private void Is(HttpStatusCode expected, HttpResponseMessage actual) => Is(expected, actual.StatusCode);

    private void True(bool holds, string what)
    {
        if (!holds)
        {
            faults.Add($"{name}: {_step}: {what}");
        }
    }

    private static string Cut(string text) => text.Length > 300 ? text[..300] : text;
}
