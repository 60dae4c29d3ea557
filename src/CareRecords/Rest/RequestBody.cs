using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace CareRecords.Rest;

/// <summary>Reads a request's body, unpacked, up to a limit that counts what comes out: a bomb is given up as soon as it is one.</summary>
internal static class RequestBody
{
    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    internal static async Task<(ReadOnlyMemory<byte> Body, FhirAnswer? Refusal)> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return (default, TooLong(limit));
        }

        var encoding = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        await using var unpacked = Unpacked(request.Body, encoding);
        if (unpacked is null)
        {
            return (default, Outcome.Error(415, "not-supported", "Content-Encoding is gzip, br, deflate or identity, one of them."));
        }

        try
        {
            return await AllAsync(unpacked, limit, (int)(request.ContentLength ?? 4096), request.HttpContext.RequestAborted) is { } body
                ? (WithoutMark(body), null)
                : (default, TooLong(limit));
        }
        // Brotli's reader has no exception of its own for bytes that are none of its.
        catch (Exception e) when (e is InvalidDataException || (e is InvalidOperationException && encoding == "br"))
        {
            return (default, Outcome.Error(400, "structure", $"The body is not in the Content-Encoding {encoding} that the header states."));
        }
    }

    private static Stream? Unpacked(Stream body, string encoding) => encoding switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };

    private static async Task<byte[]?> AllAsync(Stream body, int limit, int expected, CancellationToken cancel)
    {
        using var buffer = new MemoryStream(expected);
        var chunk = new byte[16 * 1024];
        while (await body.ReadAsync(chunk, cancel) is > 0 and var count)
        {
            if (buffer.Length + count > limit)
            {
                return null;
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] body) => body.AsSpan().StartsWith(_byteOrderMark) ? body.AsMemory(_byteOrderMark.Length) : body;

    private static FhirAnswer TooLong(int limit) => Outcome.Error(413, "too-long", $"The body may have {limit} bytes at most, unpacked.");
}
