using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fhir.Xml;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>XML and JSON by header and parameter, 406 and 415, compression, Binary by its content.</summary>
public sealed class RepresentationTests(CareDatabase database)
{
    private const string Organization = """{"resourceType":"Organization","name":"Hoitola Åström & Co"}""";

    [Theory]
    [InlineData("application/fhir+xml", "application/fhir+xml")]
    [InlineData("text/xml", "application/fhir+xml")]
    [InlineData("application/xml;q=0.9, application/fhir+json;q=0.8", "application/fhir+xml")]
    [InlineData("application/fhir+xml;q=0.5, application/json", "application/fhir+json")]
    [InlineData("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/fhir+xml")]
    [InlineData("*/*", "application/fhir+json")]
    [InlineData("application/*", "application/fhir+json")]
    [InlineData("text/*", "application/fhir+xml")]
    [InlineData("application/fhir+xml; fhirVersion=4.0", "application/fhir+xml")]
    [InlineData("application/fhir+xml; fhirVersion=3.0, text/turtle", null)]
    [InlineData("application/fhir+turtle", null)]
    public async Task Read_ByAccept_IsInTheBestFormat(string accept, string? expected)
    {
        using var client = await database.Server.ClientAsync();
        var id = await client.CreateAsync("Organization", Organization);
        foreach (var url in (string[])[$"Organization/{id}", $"Organization/{id}/_history", $"Organization?_id={id}", "metadata"])
        {
            var answer = await client.SendAsync(HttpMethod.Get, url, null, ("Accept", accept));
            (answer.StatusCode == HttpStatusCode.NotAcceptable).ShouldBe(expected is null, url);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(expected ?? "application/fhir+json");
            answer.Headers.Vary.ShouldContain("Accept");
        }
    }

    [Theory]
    [InlineData("xml", "application/fhir+xml")]
    [InlineData("application/fhir+xml", "application/fhir+xml")]
    [InlineData("text/xml", "application/fhir+xml")]
    [InlineData("json", "application/fhir+json")]
    [InlineData("application%2Ffhir%2Bjson", "application/fhir+json")]
    [InlineData("turtle", null)]
    public async Task Read_ByFormat_OverridesAccept(string format, string? expected)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(HttpMethod.Get, $"Organization/{Some.Id()}?_format={format}", null, ("Accept", "text/turtle"));
        answer.StatusCode.ShouldBe(expected is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(expected ?? "application/fhir+json");
        if (expected == "application/fhir+xml")
        {
            FhirXml.Parse(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).TypeName.ShouldBe("OperationOutcome");
        }
    }

    [Fact]
    public async Task Errors_WithoutAToken_AreInTheFormatAskedFor()
    {
        using var client = database.Server.Client();
        var answer = await client.SendAsync(HttpMethod.Get, "Patient/x", null, ("Accept", "application/fhir+xml"));
        (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.Unauthorized, "application/fhir+xml"));
    }

    [Theory]
    [InlineData("application/fhir+json", 201)]
    [InlineData("application/json", 201)]
    [InlineData("application/fhir+json; fhirVersion=4.0", 201)]
    [InlineData("application/fhir+json; charset=UTF-8", 201)]
    [InlineData("application/fhir+json; charset=iso-8859-1", 415)]
    [InlineData("application/fhir+json; fhirVersion=5.0", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json-patch+json", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("application/fhir+xml", 400)]
    public async Task Create_ByContentType_IsTakenOr415(string type, int status)
    {
        using var client = await database.Server.ClientAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "Organization") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Organization)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        ((int)(await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("""<Organization xmlns="http://hl7.org/fhir"><colour value="red"/></Organization>""", 400)]
    [InlineData("""<Organization><name value="x"/></Organization>""", 400)]
    [InlineData("""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Organization xmlns="http://hl7.org/fhir"><name value="&e;"/></Organization>""", 400)]
    [InlineData("""<Organization xmlns="http://hl7.org/fhir"><name value="x"/>""", 400)]
    [InlineData("""<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>""", 400)]
    [InlineData("""<Organization xmlns="http://hl7.org/fhir"><active value="true"/></Organization>""", 422)]
    [InlineData("""<Organization xmlns="http://hl7.org/fhir"><name value="x"/></Organization>""", 201)]
    public async Task Create_InXml_IsStoredOrRefusedWithTheReason(string xml, int status)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.PostAsync("Organization", FhirHttp.Content(xml, "application/fhir+xml"), TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Transaction_InXml_IsAnsweredInXml()
    {
        using var client = await database.Server.ClientAsync();
        var bundle = $"""
            <Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource><Organization><name value="X"/></Organization></resource>
            <request><method value="POST"/><url value="Organization"/></request></entry></Bundle>
            """;
        var answer = await client.PostAsync("?_format=xml", FhirHttp.Content(bundle, "application/xml"), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var read = FhirXml.Parse(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        read.TextAt("type").ShouldBe("transaction-response");
        read.Child("entry")!.Child("response")!.TextAt("status").ShouldStartWith("201");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Bodies_ComePackedAndGoPacked(string encoding)
    {
        using var client = await database.Server.ClientAsync();
        var name = new string('å', 3000);
        var created = await client.SendAsync(Packed(encoding, $$"""{"resourceType":"Organization","name":"{{name}}"}"""), TestContext.Current.CancellationToken);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var answer = await client.SendAsync(HttpMethod.Get, created.Headers.Location!.ToString(), null, ("Accept-Encoding", encoding + ", identity;q=0.1"));
        answer.Content.Headers.ContentEncoding.ShouldBe(encoding == "deflate" ? [] : [encoding]);
        var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream plain = encoding switch { "br" => new BrotliStream(body, CompressionMode.Decompress), "gzip" => new GZipStream(body, CompressionMode.Decompress), _ => body };
        (await new StreamReader(plain).ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain(name);
    }

    [Theory]
    [InlineData("gzip", 413)]
    [InlineData("br", 413)]
    [InlineData("compress", 415)]
    [InlineData("gzip, br", 415)]
    public async Task Bodies_ThatAreBombsOrOfAnotherPacking_AreRefused(string encoding, int status)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(Packed(encoding, new string(' ', 64 * 1024 * 1024)), TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Bodies_ThatAreNotWhatContentEncodingSays_Are400()
    {
        using var client = await database.Server.ClientAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "Organization") { Content = FhirHttp.Content(Organization) };
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Binary_IsWrittenAndReadAsItsContent_AndNeverRunByABrowser()
    {
        using var client = await (await database.OpenServer).ClientAsync();
        var html = "<script>alert(1)</script>"u8.ToArray();
        var request = new HttpRequestMessage(HttpMethod.Post, "Binary") { Content = new ByteArrayContent(html) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/html");
        request.Headers.Add("X-Security-Context", "Patient/x");
        var created = await client.SendAsync(request, TestContext.Current.CancellationToken);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var address = created.Headers.Location!.ToString();

        var raw = await client.GetAsync(address, TestContext.Current.CancellationToken);
        (await raw.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(html);
        raw.Content.Headers.ContentType!.ToString().ShouldBe("text/html");
        raw.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        raw.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        raw.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");

        var resource = await (await client.SendAsync(HttpMethod.Get, address, null, ("Accept", "application/fhir+json"))).JsonAsync();
        (resource["contentType"]!.GetValue<string>(), resource["securityContext"]!["reference"]!.GetValue<string>()).ShouldBe(("text/html", "Patient/x"));
        (await client.SendAsync(HttpMethod.Get, address, null, ("Accept", "image/png"))).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Theory]
    [InlineData("POST", "Patient/x", "DELETE, GET, HEAD, PATCH, PUT")]
    [InlineData("DELETE", "Patient/x/_history", "GET, HEAD")]
    [InlineData("PUT", "Patient/x/_history/1", "GET, HEAD")]
    [InlineData("PUT", "", "GET, HEAD, POST")]
    [InlineData("GET", "Patient/_search", "POST")]
    [InlineData("POST", "metadata", "GET, HEAD")]
    public async Task Methods_ThatAnAddressDoesNotTake_Are405WithAllow(string method, string url, string allow)
    {
        using var client = await database.Server.ClientAsync();
        var answer = await client.SendAsync(new HttpMethod(method), url, method == "GET" ? null : """{"resourceType":"Patient","id":"x"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        string.Join(", ", answer.Content.Headers.Allow.Order()).ShouldBe(allow);
    }

    [Theory]
    [InlineData("GET", "Nonsense/x", 404)]
    [InlineData("POST", "Nonsense", 404)]
    [InlineData("GET", "Patient/x/y/z", 404)]
    [InlineData("GET", "Patient/bad_id", 404)]
    [InlineData("PUT", "Patient/bad_id", 400)]
    public async Task Addresses_ThatAreNone_Are404Or400(string method, string url, int status)
    {
        using var client = await database.Server.ClientAsync();
        ((int)(await client.SendAsync(new HttpMethod(method), url, method == "GET" ? null : """{"resourceType":"Patient","id":"bad_id"}""")).StatusCode).ShouldBe(status);
    }

    private static HttpRequestMessage Packed(string encoding, string text)
    {
        var output = new MemoryStream();
        using (Stream packing = encoding switch { "br" => new BrotliStream(output, CompressionLevel.Fastest, true), "deflate" => new ZLibStream(output, CompressionLevel.Fastest, true), _ => new GZipStream(output, CompressionLevel.Fastest, true) })
        {
            packing.Write(Encoding.UTF8.GetBytes(text));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, "Organization") { Content = new ByteArrayContent(output.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return request;
    }
}
