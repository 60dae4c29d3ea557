using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CareRecords.Rest;

/// <summary>Settings under `Fhir`.</summary>
public sealed class FhirOptions
{
    /// <summary>The address that clients use, when it is not the one that requests show; without a slash at the end.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>Largest request body in bytes.</summary>
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Largest page of a search or history.</summary>
    public int MaxPageSize { get; set; } = 1000;

    /// <summary>Page size where `_count` is not given.</summary>
    public int DefaultPageSize { get; set; } = 50;

    /// <summary>Most entries of a batch or transaction.</summary>
    public int MaxBundleEntries { get; set; } = 2000;

    /// <summary>Most bytes of one bulk export before packing.</summary>
    public long MaxExportBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>How long the files of a bulk export are kept once it is done.</summary>
    public int ExportHours { get; set; } = 24;
}

/// <summary>Turns an HTTP request into a <see cref="FhirCall"/>, or says with 400, 406, 413 or 415 why not.</summary>
internal static class FhirRequestReader
{
    internal static async Task<(FhirCall Call, FhirAnswer? Refusal)> ReadAsync(HttpContext context, AccessRights rights)
    {
        var request = context.Request;
        var options = context.RequestServices.GetRequiredService<IOptions<FhirOptions>>().Value;
        var call = Head(request, options, rights);
        if (request.Method is "POST" or "PUT" or "PATCH")
        {
            var (body, refusal) = await RequestBody.ReadAsync(request, options.MaxBodyBytes);
            (call, refusal) = refusal is null ? WithBody(call, request, body) : (call, refusal);
            if (refusal is not null)
            {
                return (call, refusal);
            }
        }

        // The content of a Binary and the file of an export are shown in their own types.
        return call.Wanted.Format is null && call is not { Method: "GET", Type: "Binary", Id.Length: > 0 } && !IsFile(call)
            ? (call, Outcome.Error(406, "not-supported", "This server answers in application/fhir+json or application/fhir+xml (R4)."))
            : (call, null);
    }

    /// <summary>Address of the service without a slash at the end.</summary>
    internal static string BaseUrl(HttpRequest request, FhirOptions options) =>
        options.BaseUrl.Length > 0 ? options.BaseUrl : $"{request.Scheme}://{request.Host}{request.PathBase}{FhirEndpoints.Prefix}";

    private static FhirCall Head(HttpRequest request, FhirOptions options, AccessRights rights)
    {
        var query = Parameters(request.QueryString.Value);
        return new FhirCall
        {
            BaseUrl = BaseUrl(request, options),
            Method = request.Method == "HEAD" ? "GET" : request.Method,
            Path = request.Path.Value is { } path && path.StartsWith(FhirEndpoints.Prefix, StringComparison.Ordinal) ? path[FhirEndpoints.Prefix.Length..] : "",
            Type = request.RouteValues["type"] as string ?? "",
            Id = request.RouteValues["id"] as string ?? "",
            VersionId = request.RouteValues["vid"] as string ?? "",
            Query = query,
            Wanted = Representation.Of(request.Headers.Accept, query),
            Accept = One(request.Headers.Accept),
            ContentType = request.ContentType,
            IfMatch = One(request.Headers.IfMatch),
            IfNoneMatch = One(request.Headers.IfNoneMatch),
            IfNoneExist = One(request.Headers["If-None-Exist"]),
            IfModifiedSince = request.GetTypedHeaders().IfModifiedSince,
            Prefer = Preferences.Parse(request.Headers["Prefer"]),
            Rights = rights,
            Services = request.HttpContext.RequestServices,
            Cancel = request.HttpContext.RequestAborted,
        };
    }

    private static (FhirCall Call, FhirAnswer? Refusal) WithBody(FhirCall call, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var name = type?.MediaType.Value?.ToLowerInvariant();
        if (request.Path.Value!.EndsWith("/_search", StringComparison.Ordinal))
        {
            return body.IsEmpty ? (call, null) : name == FhirMediaTypes.Form ? (WithForm(call, request, body), null) : (call, Unsupported(call));
        }

        if (body.IsEmpty && type is null)
        {
            return (call, null);
        }

        if (type is not null && FhirMediaTypes.Format(type) is { } format)
        {
            if (!FhirMediaTypes.IsUtf8(type) || format == FhirFormat.Json)
            {
                return FhirMediaTypes.IsUtf8(type) ? (call with { Body = body }, null) : (call, Unsupported(call));
            }

            var (json, refusal) = FhirXmlText.ToJson(body);
            // $validate tells of faults as its result.
            return (call with { Body = json }, refusal is not null && request.Path.Value.EndsWith("/$validate", StringComparison.Ordinal) ? refusal with { Status = 200 } : refusal);
        }

        return name switch
        {
            FhirMediaTypes.JsonPatch when call.Method == "PATCH" => (call with { Body = body }, null),
            not null when call is { Type: "Binary", Method: "POST" or "PUT" } && type!.Parameters.All(p => !p.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase)) =>
                (call with { Body = BinaryContent.Resource(call.Id, request.ContentType!, One(request.Headers["X-Security-Context"]), body.Span), ContentType = FhirJsonText.MediaType }, null),
            _ => (call, Unsupported(call)),
        };
    }

    private static FhirCall WithForm(FhirCall call, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        List<KeyValuePair<string, string>> query = [.. call.Query, .. Parameters(System.Text.Encoding.UTF8.GetString(body.Span))];
        return call with { Query = query, Wanted = Representation.Of(request.Headers.Accept, query) };
    }

    private static bool IsFile(FhirCall call) => call.Path.StartsWith("/$export/", StringComparison.Ordinal);

    private static FhirAnswer Unsupported(FhirCall call) => call.Method == "PATCH"
        ? Outcome.Error(415, "not-supported", $"Send a patch as {string.Join(", ", FhirMediaTypes.Patches)}.")
        : Outcome.Error(415, "not-supported", $"Send {FhirJsonText.MediaType} or {FhirXmlText.MediaType} (R4) in UTF-8; a posted search as {FhirMediaTypes.Form}.");

    /// <summary>Parameters of a query string (with or without '?') or a posted form, in order.</summary>
    internal static List<KeyValuePair<string, string>> Parameters(string? text)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(text))
        {
            parameters.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        }

        return parameters;
    }

    private static string? One(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
}
