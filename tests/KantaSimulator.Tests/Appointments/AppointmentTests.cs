using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KantaSimulator.Appointments;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Appointments;

/// <summary>Section 13 of docs/simulator-wire.md: create, replace, invalidate, find; every refusal with its status and code.</summary>
public sealed class AppointmentTests : IAsyncLifetime
{
    private static int running;
    private RunningSimulator simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await RunningSimulator.StartAsync();

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task Life_OfAnAppointment_FromBookingToInvalidation()
    {
        var identifier = $"{OwnSample.Organisation}.44.{++running}";
        var created = await PostAsync(Bundle("POST", "Appointment", Appointment(identifier)));
        Assert.Equal("201 Created", Entry(created, "status"));
        Assert.Equal("Appointment/1/_history/1", Entry(created, "location"));

        var moved = Appointment(identifier, start: "2026-12-01T10:00:00+02:00", end: "2026-12-01T10:45:00+02:00", id: "1");
        var updated = await PostAsync(Bundle("PUT", "Appointment/1", moved, "W/\"1\""));
        Assert.Equal("W/\"2\"", Entry(updated, "etag"));

        var found = await GetAsync($"Appointment?patient={OwnSample.Identity}&date=ge2026-12-01&date=lt2026-12-02");
        Assert.Equal(1, found.GetProperty("total").GetInt32());
        Assert.Equal("2", found.GetProperty("entry")[0].GetProperty("resource").GetProperty("meta").GetProperty("versionId").GetString());
        Assert.Equal(0, (await GetAsync("Appointment?patient=020594X903P")).GetProperty("total").GetInt32());

        await PostAsync(Bundle("DELETE", "Appointment/1", null, "W/\"2\""));
        using var gone = await simulator.Connector.GetAsync(Address("Appointment/1"));
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal(3, (await GetAsync("Appointment/1/_history")).GetProperty("total").GetInt32());
        Assert.Equal(3, (await simulator.GetAsync("api/appointments")).GetProperty("appointments").GetArrayLength());
    }

    [Fact]
    public async Task Create_Again_WithIfNoneExist_GivesTheSameAppointment()
    {
        var identifier = $"{OwnSample.Organisation}.44.{++running}";
        await PostAsync(Bundle("POST", "Appointment", Appointment(identifier)));
        var again = Bundle("POST", "Appointment", Appointment(identifier));
        again["entry"]![0]!["request"]!["ifNoneExist"] = $"identifier=urn:ietf:rfc:3986|urn:oid:{identifier}";
        Assert.Equal("Appointment/1/_history/1", Entry(await PostAsync(again), "location"));
        await RefusedAsync(Bundle("POST", "Appointment", Appointment(identifier)), 409, "SIM-A11");
    }

    [Fact]
    public async Task Update_WithoutOrWithAStaleIfMatch_IsRefused()
    {
        var identifier = $"{OwnSample.Organisation}.44.{++running}";
        await PostAsync(Bundle("POST", "Appointment", Appointment(identifier)));
        await RefusedAsync(Bundle("PUT", "Appointment/1", Appointment(identifier, id: "1")), 428, "SIM-A03");
        await RefusedAsync(Bundle("PUT", "Appointment/1", Appointment(identifier, id: "1"), "W/\"9\""), 412, "SIM-A04");
        await RefusedAsync(Bundle("PUT", "Appointment/77", Appointment(identifier, id: "77"), "W/\"1\""), 404, "SIM-A05");
        await PostAsync(Bundle("DELETE", "Appointment/1", null, "W/\"1\""));
        await RefusedAsync(Bundle("PUT", "Appointment/1", Appointment(identifier, id: "1"), "W/\"2\""), 410, "SIM-A12");
    }

    [Theory]
    [InlineData("patient of a real series", "SIM-A06")]
    [InlineData("no patient", "SIM-A06")]
    [InlineData("ends before it starts", "SIM-A07")]
    [InlineData("booked without a time", "SIM-A07")]
    [InlineData("unknown status", "SIM-A07")]
    [InlineData("another Finnish status", "SIM-A14")]
    [InlineData("no identifier", "SIM-A11")]
    [InlineData("provenance of another", "SIM-A08")]
    [InlineData("provenance without agents", "SIM-A09")]
    [InlineData("three entries", "SIM-A01")]
    [InlineData("batch", "SIM-A01")]
    public async Task Bundle_Spoilt_IsRefusedWithItsCode(string how, string code)
    {
        var bundle = Bundle("POST", "Appointment", Appointment($"{OwnSample.Organisation}.44.{++running}"));
        JsonNode appointment = bundle["entry"]![0]!["resource"]!, provenance = bundle["entry"]![1]!["resource"]!;
        switch (how)
        {
            case "patient of a real series": appointment["participant"]![0]!["actor"]!["identifier"]!["value"] = "010594Y234F"; break;
            case "no patient": appointment["participant"] = new JsonArray(); break;
            case "ends before it starts": appointment["end"] = "2026-11-01T10:00:00+02:00"; break;
            case "booked without a time": ((JsonObject)appointment).Remove("start"); break;
            case "unknown status": appointment["status"] = "maybe"; break;
            case "another Finnish status": appointment["extension"]![0]!["valueCoding"]!["code"] = "4"; break;
            case "no identifier": ((JsonObject)appointment).Remove("identifier"); break;
            case "provenance of another": provenance["target"]![0]!["reference"] = "Appointment/other"; break;
            case "provenance without agents": provenance["agent"] = new JsonArray(); break;
            case "three entries": ((JsonArray)bundle["entry"]!).Add(bundle["entry"]![1]!.DeepClone()); break;
            case "batch": bundle["type"] = "batch"; break;
        }

        await RefusedAsync(bundle, code == "SIM-A11" ? 409 : 400, code);
        Assert.Equal(0, (await simulator.GetAsync("api/appointments")).GetProperty("appointments").GetArrayLength());
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Bundle\",\"resourceType\":\"Bundle\"}")]
    [InlineData("{")]
    [InlineData("")]
    public async Task Json_Spoilt_IsRefused(string json)
    {
        using var response = await SendAsync(json);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("SIM-A13", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Appointment")]
    [InlineData("Appointment?patient=1&colour=red")]
    [InlineData("Appointment?patient=1&date=someday")]
    [InlineData("Appointment?patient=1&_count=-1")]
    public async Task Search_Wrong_IsRefused(string query)
    {
        using var response = await simulator.Connector.GetAsync(Address(query));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("SIM-A10", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signature_IsVerified_WhenGiven_AndRequiredWhereTheSwitchSaysSo()
    {
        var bundle = Bundle("POST", "Appointment", Appointment($"{OwnSample.Organisation}.44.{++running}"));
        Sign(bundle);
        Assert.Equal("201 Created", Entry(await PostAsync(bundle), "status"));
        bundle["entry"]![0]!["resource"]!["comment"] = "altered";
        await RefusedAsync(bundle, 400, "SIM-A02");

        await using var strict = await RunningSimulator.StartAsync("--require-bundle-signature");
        using var unsigned = await SendAsync(Bundle("POST", "Appointment", Appointment("1.2.3")).ToJsonString(), strict);
        Assert.Contains("SIM-A02", await unsigned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_ReachThisInterfaceToo()
    {
        await simulator.FaultsAsync(new { kind = "status", status = 503, path = "fhir", count = 1 }, new { kind = "refuse", code = "5Y00009", count = 1 });
        using var down = await SendAsync("{}");
        Assert.Equal(503, (int)down.StatusCode);
        using var refused = await SendAsync("{}");
        Assert.Contains("urn:oid:1.2.246.537.5.40112.2006", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static void Sign(JsonObject bundle)
    {
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", x5c = new[] { Convert.ToBase64String(RunningSimulator.SystemCertificate.RawData) } }));
        var payload = Base64Url.EncodeToString(BundleSignature.Canonical(JsonSerializer.SerializeToElement(bundle)));
        using var key = RunningSimulator.SystemCertificate.GetRSAPrivateKey()!;
        var value = key.SignData(Encoding.ASCII.GetBytes($"{head}.{payload}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        bundle["signature"] = new JsonObject
        {
            ["sigFormat"] = "application/jose",
            ["data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{head}..{Base64Url.EncodeToString(value)}")),
        };
    }

    private static JsonObject Appointment(string identifier, string start = "2026-12-01T09:00:00+02:00", string end = "2026-12-01T09:45:00+02:00", string? id = null)
    {
        var appointment = new JsonObject
        {
            ["resourceType"] = "Appointment",
            ["extension"] = new JsonArray(new JsonObject { ["url"] = "urn:example:tila", ["valueCoding"] = new JsonObject { ["system"] = "urn:oid:1.2.246.537.6.881", ["code"] = "3" } }),
            ["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:ietf:rfc:3986", ["value"] = $"urn:oid:{identifier}" }),
            ["status"] = "booked",
            ["start"] = start,
            ["end"] = end,
            ["participant"] = new JsonArray(new JsonObject
            {
                ["actor"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = "urn:oid:1.2.246.21", ["value"] = OwnSample.Identity } },
                ["status"] = "accepted",
            }),
        };
        if (id is not null)
            appointment["id"] = id;
        return appointment;
    }

    private static JsonObject Bundle(string method, string url, JsonObject? appointment, string? ifMatch = null)
    {
        const string fullUrl = "urn:uuid:6a0b6c1e-58b0-4a52-9c8d-0f5b8ad61a01";
        var request = new JsonObject { ["method"] = method, ["url"] = url };
        if (ifMatch is not null)
            request["ifMatch"] = ifMatch;
        var entry = new JsonObject { ["fullUrl"] = fullUrl, ["request"] = request };
        if (appointment is not null)
            entry["resource"] = appointment;
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(entry, new JsonObject
            {
                ["resource"] = new JsonObject
                {
                    ["resourceType"] = "Provenance",
                    ["target"] = new JsonArray(new JsonObject { ["reference"] = method == "POST" ? fullUrl : url }),
                    ["recorded"] = "2026-11-23T12:00:00+02:00",
                    ["agent"] = new JsonArray(new JsonObject { ["who"] = new JsonObject { ["display"] = "Elli Esimerkki" } }),
                },
                ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "Provenance" },
            }),
        };
    }

    private Uri Address(string path) => new($"{simulator.Simulator.Fhir}/{path}");

    private Task<HttpResponseMessage> SendAsync(string json, RunningSimulator? other = null) =>
        simulator.Connector.PostAsync((other ?? simulator).Simulator.Fhir, new StringContent(json, Encoding.UTF8, "application/fhir+json"));

    private async Task<JsonElement> PostAsync(JsonObject bundle)
    {
        using var response = await SendAsync(bundle.ToJsonString());
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private async Task RefusedAsync(JsonObject bundle, int status, string code)
    {
        using var response = await SendAsync(bundle.ToJsonString());
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"\"{code}\"", body, StringComparison.Ordinal);
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await simulator.Connector.GetStringAsync(Address(path))).RootElement;

    private static string? Entry(JsonElement response, string field) => response.GetProperty("entry")[0].GetProperty("response").GetProperty(field).GetString();
}
