using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CareRecords.Rest;

/// <summary>Puts an answer on the wire: headers, the format that was asked for, compression. Nothing here may be kept, sniffed or run by a browser.</summary>
internal static class FhirResponse
{
    // Below this a packed body is hardly smaller and costs more to make.
    private const int PackedFrom = 1400;

    internal static async Task SendAsync(HttpContext context, FhirAnswer answer, Representation wanted)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers.Vary = "Accept, Accept-Encoding";
        if (answer.ETag is { } tag)
        {
            response.Headers.ETag = tag;
        }

        if (answer.LastModified is { } modified)
        {
            response.GetTypedHeaders().LastModified = modified;
        }

        if (answer.Location is { } location)
        {
            response.Headers.Location = location;
        }

        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (answer.Allow is { } allow)
        {
            response.Headers.Allow = allow;
        }

        if (answer.Status == 415 && context.Request.Method == "PATCH")
        {
            response.Headers["Accept-Patch"] = string.Join(", ", FhirMediaTypes.Patches);
        }

        if (answer.ContentType is not null)
        {
            response.Headers.ContentDisposition = "attachment";
        }

        if (!answer.Body.IsEmpty)
        {
            await BodyAsync(context, answer, wanted);
        }
    }

    private static async Task BodyAsync(HttpContext context, FhirAnswer answer, Representation wanted)
    {
        var response = context.Response;
        var body = answer.ContentType is not null ? answer.Body
            : wanted.Format == FhirFormat.Xml ? FhirXmlText.From(answer.Body, wanted.IsPretty)
            : wanted.IsPretty ? FhirJsonText.Indented(answer.Body) : answer.Body;
        response.ContentType = answer.ContentType ?? wanted.ContentType;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentLength = body.Length;
            return;
        }

        var encoding = body.Length < PackedFrom ? null : Encoding(context.Request.Headers.AcceptEncoding);
        if (encoding is not null)
        {
            body = Packed(body, encoding);
            response.Headers.ContentEncoding = encoding;
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The packing of the highest quality that the client takes; null: as it is.</summary>
    private static string? Encoding(StringValues accepted)
    {
        if (accepted.Count == 0 || !StringWithQualityHeaderValue.TryParseList(accepted, out var wanted))
        {
            return null;
        }

        return wanted.Where(w => w.Quality is null or > 0).OrderByDescending(w => w.Quality ?? 1).Select(w => w.Value.Value?.ToLowerInvariant() switch
        {
            "br" => "br",
            "gzip" or "x-gzip" or "*" => "gzip",
            "identity" => "identity",
            _ => null,
        }).FirstOrDefault(e => e is not null) is { } best and not "identity" ? best : null;
    }

    private static ReadOnlyMemory<byte> Packed(ReadOnlyMemory<byte> body, string encoding)
    {
        var output = new MemoryStream(body.Length / 4);
        using (Stream packing = encoding == "br" ? new BrotliStream(output, CompressionLevel.Fastest, true) : new GZipStream(output, CompressionLevel.Fastest, true))
        {
            packing.Write(body.Span);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
