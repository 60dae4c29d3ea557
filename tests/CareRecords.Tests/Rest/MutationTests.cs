using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>
/// Mutated resources and hostile headers over HTTP: each is taken or refused as a client's fault, and what was refused changed nothing. Twenty thousand with CARERECORDS_LONG set, fewer otherwise; seeded.
/// </summary>
public sealed class MutationTests(CareDatabase database)
{
    private const int Workers = 4;
    private static readonly int _mutations = Environment.GetEnvironmentVariable("CARERECORDS_LONG") is { Length: > 0 } ? 20_000 : 800;

    private static readonly string[] _seeds =
    [
        """{"resourceType":"Patient","meta":{"tag":[{"system":"urn:x","code":"y"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Aino</p></div>"},"identifier":[{"use":"usual","system":"urn:test","value":"1"}],"active":true,"name":[{"family":"Meikäläinen","given":["Aino","Maria"],"_given":[null,{"id":"g2"}]}],"gender":"female","birthDate":"1980-02-29","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1980-02-29T12:00:00Z"}]},"contained":[{"resourceType":"Organization","id":"o","name":"X"}],"managingOrganization":{"reference":"#o"}}""",
        """{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}],"text":"syke"},"effectiveDateTime":"2026-11-25T10:00:00.000+02:00","valueQuantity":{"value":72.50,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"},"component":[{"code":{"text":"a"},"valueInteger":1},{"code":{"text":"b"},"valueString":"c"}]}""",
        """{"resourceType":"Questionnaire","status":"active","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"choice","answerOption":[{"valueCoding":{"code":"a"}},{"valueInteger":3}]}]}]}""",
        """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:0193a000-0000-7000-8000-0000000000aa","resource":{"resourceType":"Organization","name":"Y"}}]}""",
    ];

    private static readonly string[] _values =
    [
        "null", "true", "-1", "1e400", "0.000000000000000000000000000001", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[null]", "{\"reference\":\"Patient/../x\"}", "\"2026-02-30\"", "\"<script>\"",
        "\"urn:uuid:\"", "99999999999999999999999999", "\"http://[\"", "{\"resourceType\":\"Nothing\"}",
    ];

    [Fact]
    public async Task MutatedResources_AreTakenOrRefused_AndARefusalChangesNothing()
    {
        using var client = await (await database.OpenServer).ClientAsync();
        client.Timeout = TimeSpan.FromMinutes(5);
        var (faults, taken, refused) = (new List<string>(), 0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, Workers), TestContext.Current.CancellationToken, async (worker, _) =>
        {
            var random = new Random(20261125 + worker);
            for (var i = 0; i < _mutations / Workers; i++)
            {
                var seed = JsonNode.Parse(_seeds[random.Next(_seeds.Length)])!.AsObject();
                var (type, id) = (seed["resourceType"]!.GetValue<string>(), $"m{worker}-{random.Next(3)}");
                seed.Insert(1, "id", id);
                var text = Mutate(random, seed);
                var before = await VersionAsync(client, type, id);
                using var answer = await client.SendAsync(HttpMethod.Put, $"{type}/{id}", text);
                var after = await VersionAsync(client, type, id);
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref taken : ref refused);
                if ((int)answer.StatusCode >= 500 || (!answer.IsSuccessStatusCode && before != after) || (answer.IsSuccessStatusCode && before == after))
                {
                    lock (faults)
                    {
                        faults.Add($"{(int)answer.StatusCode} {before}->{after}: {text[..Math.Min(600, text.Length)]}");
                    }
                }
            }
        });
        faults.Take(5).ShouldBeEmpty();
        taken.ShouldBeGreaterThan(_mutations / 50);
        refused.ShouldBeGreaterThan(_mutations / 5);
    }

    [Fact]
    public async Task HostileHeaders_AreNeverTheServersFault()
    {
        using var client = await (await database.OpenServer).ClientAsync();
        var id = await client.CreateAsync("Organization", """{"resourceType":"Organization","name":"Otsakkeet"}""");
        var body = $$"""{"resourceType":"Organization","id":"{{id}}","name":"Otsakkeet"}""";
        string[] values =
        [
            "", "*", "\"", "W/", "W/\"", "W/\"-1\"", "W/\"99999999999999999999\"", new string('a', 8000), string.Join(", ", Enumerable.Range(0, 900).Select(n => $"W/\"{n}\"")), "a=b;q=x", "text/html;q=2", "*/*;q=0",
            "application/fhir+json; fhirVersion=3.0", "application/fhir+json; charset=utf-16", "identifier=%", "name=%00", "?", "return=minimal, return=", "bytes=0-5", "Wed, 99 Foo 2026", "http://example.org/", "../..", "%F0%28%8C%BC",
        ];
        foreach (var name in (string[])[
            "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-None-Exist", "Prefer", "Accept", "Accept-Encoding", "Accept-Charset", "Range", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For",
            "Forwarded", "X-Original-URL", "X-HTTP-Method-Override", "X-Security-Context", "X-Request-Id", "Content-Language"])
        {
            foreach (var value in values)
            {
                foreach (var (method, path, sent) in new[] { (HttpMethod.Get, $"Organization/{id}", (string?)null), (HttpMethod.Get, "Organization?name=otsakkeet", null), (HttpMethod.Put, $"Organization/{id}", body), (HttpMethod.Post, "Organization", body) })
                {
                    using var answer = await client.SendAsync(method, path, sent, (name, value));
                    ((int)answer.StatusCode).ShouldBeLessThan(500, $"{method} {path} {name}: {value[..Math.Min(80, value.Length)]}");
                    (answer.Headers.Location?.Host ?? "127.0.0.1").ShouldBe("127.0.0.1");
                }
            }
        }

        foreach (var (encoding, type) in new[] { ("gzip", "application/fhir+json"), ("br", "application/fhir+json"), ("deflate", "application/fhir+json"), ("lzma", "application/fhir+json"), ("", "application/fhir+xml"), ("", "text/plain"), ("", "application/fhir+json; charset=x") })
        {
            using var message = new HttpRequestMessage(HttpMethod.Put, $"Organization/{id}") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            message.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            using var answer = await client.SendAsync(message, TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499, $"{encoding} {type}");
        }
    }

    private static async Task<string> VersionAsync(HttpClient client, string type, string id)
    {
        using var answer = await client.SendAsync(HttpMethod.Head, $"{type}/{id}");
        return answer.StatusCode == HttpStatusCode.NotFound ? "none" : answer.Headers.ETag?.Tag ?? $"{(int)answer.StatusCode}";
    }

    /// <summary>Deletes, doubles, retypes, reorders or lengthens something, once to three times.</summary>
    private static string Mutate(Random random, JsonObject resource)
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            var owners = Owners(resource).ToList();
            var owner = owners[random.Next(owners.Count)];
            var name = owner.ElementAt(random.Next(owner.Count)).Key;
            switch (random.Next(6))
            {
                case 0:
                    owner.Remove(name);
                    break;
                case 1:
                    owner[name] = new JsonArray(owner[name]?.DeepClone(), owner[name]?.DeepClone());
                    break;
                case 2:
                    var value = owner[name];
                    owner.Remove(name);
                    owner.Insert(0, name, value);
                    break;
                case 3:
                    owner[name] = new string((char)('a' + random.Next(26)), 1 << random.Next(4, 21));
                    break;
                case 4:
                    owner["x" + random.Next(9)] = 1;
                    break;
                default:
                    // Put in as text below: what no tree can hold.
                    owner[name] = $"@{random.Next(_values.Length)}@";
                    break;
            }
        }

        var text = resource.ToJsonString();
        for (var i = 0; i < _values.Length; i++)
        {
            text = text.Replace($"\"@{i}@\"", _values[i], StringComparison.Ordinal);
        }

        return random.Next(20) switch
        {
            0 => text[..random.Next(text.Length)],
            1 => text.Insert(random.Next(text.Length), ((string[])["{", "}", "[", "\"", ",", ":", "\\", "\u0001", "é"])[random.Next(9)]),
            2 => text.Insert(1, "\"id\":\"twice\","),
            _ => text,
        };
    }

    private static IEnumerable<JsonObject> Owners(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } owner => owner.Select(p => p.Value).SelectMany(Owners).Prepend(owner),
        JsonArray list => list.SelectMany(Owners),
        _ => [],
    };
}
