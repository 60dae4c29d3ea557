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
}

/// <summary>Turns an HTTP request into a <see cref="FhirCall"/>, or says with 406, 413 or 415 why not.</summary>
internal static class FhirRequestReader
{
    private const string Form = "application/x-www-form-urlencoded";

    internal static async Task<(FhirCall? Call, FhirAnswer? Refusal)> ReadAsync(HttpContext context, AccessRights rights)
    {
        var request = context.Request;
        var options = context.RequestServices.GetRequiredService<IOptions<FhirOptions>>().Value;
        var query = Parameters(request.QueryString.Value);
        ReadOnlyMemory<byte> body = default;
        if (request.Method is "POST" or "PUT" or "PATCH")
        {
            if (await BodyAsync(request, options.MaxBodyBytes) is not { } read)
            {
                return (null, Outcome.Error(413, "too-long", $"The body may have {options.MaxBodyBytes} bytes at most."));
            }

            var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
            var isSearch = request.Path.Value!.EndsWith("/_search", StringComparison.Ordinal);
            if (isSearch && read.Length > 0 && type?.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase) != true)
            {
                return (null, Outcome.Error(415, "not-supported", "A search is posted as application/x-www-form-urlencoded."));
            }

            if (isSearch)
            {
                query.AddRange(Parameters(System.Text.Encoding.UTF8.GetString(read)));
            }
            else if (read.Length > 0 && !IsAccepted(type, request.Method))
            {
                return (null, Outcome.Error(415, "not-supported", "Send application/fhir+json (R4; for a patch also application/json-patch+json)."));
            }
            else
            {
                body = read;
            }
        }

        if (Unacceptable(request, query))
        {
            return (null, Outcome.Error(406, "not-supported", "This server answers in application/fhir+json (R4)."));
        }

        var headers = request.GetTypedHeaders();
        return (new FhirCall
        {
            BaseUrl = options.BaseUrl.Length > 0 ? options.BaseUrl : $"{request.Scheme}://{request.Host}{request.PathBase}/fhir",
            Method = request.Method == "HEAD" ? "GET" : request.Method,
            Type = request.RouteValues["type"] as string ?? "",
            Id = request.RouteValues["id"] as string ?? "",
            VersionId = request.RouteValues["vid"] as string ?? "",
            Query = query,
            Body = body,
            ContentType = request.ContentType,
            IfMatch = One(request.Headers.IfMatch),
            IfNoneMatch = One(request.Headers.IfNoneMatch),
            IfNoneExist = One(request.Headers["If-None-Exist"]),
            IfModifiedSince = headers.IfModifiedSince,
            Prefer = Preferences.Parse(request.Headers["Prefer"]),
            Rights = rights,
            Services = context.RequestServices,
            Cancel = context.RequestAborted,
        }, null);
    }

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

    private static async Task<byte[]?> BodyAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        var buffer = new MemoryStream((int)(request.ContentLength ?? 4096));
        var chunk = new byte[16 * 1024];
        while (await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted) is > 0 and var count)
        {
            if (buffer.Length + count > limit)
            {
                return null;
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }

    private static bool IsAccepted(MediaTypeHeaderValue? type, string method) =>
        type?.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/fhir+json" or "application/json" => IsR4(type),
            "application/json-patch+json" => method == "PATCH",
            _ => false,
        };

    private static bool IsR4(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(p => p.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value.Value?.Trim('"') is null or "4.0" or "4.0.1";

    private static bool Unacceptable(HttpRequest request, List<KeyValuePair<string, string>> query)
    {
        if (query.LastOrDefault(p => p.Key == "_format").Value is { } format)
        {
            // A '+' that was not escaped arrives as a space.
            return format.Replace(' ', '+') is not ("json" or "application/fhir+json" or "application/json" or "text/json");
        }

        var accept = request.Headers.Accept;
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var wanted))
        {
            return false;
        }

        return !wanted.Any(w => w.Quality is null or > 0 && w.MediaType.Value?.ToLowerInvariant() switch
        {
            "*/*" or "application/*" => true,
            "application/fhir+json" or "application/json" or "text/json" => IsR4(w),
            _ => false,
        });
    }
}
