using System.IO.Compression;
using System.Text;

namespace KantaSimulator.Faults;

// Broken or surprising HTTP around a right or missing answer.
internal static partial class GarbageCorpus
{
    private const string XmlHead = "Content-Type: text/xml; charset=utf-8\r\n";

    private static IEnumerable<Garbage> Http()
    {
        yield return Raw("empty-200", "200 without a body", _ => Framed([]));
        yield return Body("html-200", "an HTML page with status 200", _ => "<!DOCTYPE html><html><head><title>OK</title></head><body><h1>It works!</h1></body></html>", "text/html");
        yield return Body("html-as-xml", "an HTML error page that claims to be XML", _ => "<html><body><p>Service temporarily unavailable<br></body></html>");
        yield return Body("text-200", "plain text with status 200", _ => "OK", "text/plain");
        yield return Body("json-200", "JSON with status 200", _ => "{\"status\":\"AA\"}", "application/json");
        yield return Raw("redirect-302", "a redirect to another address", _ => Framed([], status: "302 Found", more: "Location: http://127.0.0.1:9/elsewhere\r\n"));
        yield return Raw("redirect-307-self", "a redirect to itself", _ => Framed([], status: "307 Temporary Redirect", more: "Location: /mr\r\n"));
        yield return Raw("status-204", "204 No Content", _ => Ascii("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
        yield return Raw("status-206", "206 with a part of the answer", ack => Framed(ack[..(ack.Length / 2)], status: "206 Partial Content", more: $"Content-Range: bytes 0-{ack.Length / 2 - 1}/{ack.Length}\r\n"));
        yield return Raw("status-100-only", "100 Continue and then nothing", _ => Ascii("HTTP/1.1 100 Continue\r\n\r\n"));
        yield return Raw("status-101", "101 Switching Protocols", _ => Ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"));
        yield return Raw("status-600", "a status that HTTP does not have", ack => Framed(ack, status: "600 Kummallinen"));
        yield return Raw("status-line-broken", "a broken status line", ack => [.. Ascii("HTP/1.1 OK 200\r\n" + XmlHead + "\r\n"), .. ack]);
        yield return Raw("no-headers", "the answer without any HTTP head", ack => ack);
        yield return Raw("http2-preface", "the preface of HTTP/2", _ => Ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        yield return Raw("smtp-banner", "a mail server's greeting", _ => Ascii("220 mail.example ESMTP\r\n"));
        yield return Raw("header-without-colon", "a header line without a colon", ack => Framed(ack, more: "This is not a header\r\n"));
        yield return Raw("header-64k", "a header of 64 KiB", ack => Framed(ack, more: "X-Long: " + new string('a', 65_536) + "\r\n"));
        yield return Raw("headers-10000", "ten thousand headers", ack => Framed(ack, more: string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-{i}: a\r\n"))));
        yield return Raw("length-too-short", "Content-Length less than the body", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: {ack.Length / 2}\r\n\r\n"), .. ack]);
        yield return Raw("length-too-long", "Content-Length more than the body", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: {ack.Length + 1000}\r\n\r\n"), .. ack]);
        yield return Raw("length-negative", "a negative Content-Length", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: -1\r\n\r\n"), .. ack]);
        yield return Raw("length-huge", "Content-Length of 2^63", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: 9223372036854775808\r\n\r\n"), .. ack]);
        yield return Raw("two-lengths", "two different Content-Lengths", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: {ack.Length}\r\nContent-Length: 5\r\n\r\n"), .. ack]);
        yield return Raw("length-and-chunked", "both Content-Length and chunked", ack => [.. Ascii($"HTTP/1.1 200 OK\r\n{XmlHead}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{ack.Length:x}\r\n"), .. ack, .. Ascii("\r\n0\r\n\r\n")]);
        yield return Raw("chunk-size-invalid", "a chunk size that is no number", ack => [.. Chunked(), .. Ascii("zz\r\n"), .. ack]);
        yield return Raw("chunk-truncated", "chunks that end too early", ack => [.. Chunked(), .. Ascii($"{ack.Length + 100:x}\r\n"), .. ack]);
        yield return Raw("chunk-overflow", "a chunk size beyond 64 bits", ack => [.. Chunked(), .. Ascii("FFFFFFFFFFFFFFFFF\r\n"), .. ack]);
        yield return Raw("chunk-no-end", "no last chunk", ack => [.. Chunked(), .. Ascii($"{ack.Length:x}\r\n"), .. ack, .. Ascii("\r\n")]);
        yield return Raw("gzip-unasked", "gzip that nobody asked for", ack => Framed(Zip(ack), more: "Content-Encoding: gzip\r\n"));
        yield return Raw("gzip-truncated", "half a gzip stream", ack => Framed(Zip(ack)[..^20], more: "Content-Encoding: gzip\r\n"));
        yield return Raw("gzip-bomb", "200 MiB of zeros in 200 kB of gzip", _ => Framed(Bomb.Value, more: "Content-Encoding: gzip\r\n"));
        yield return Raw("brotli-claimed", "plain XML that claims to be brotli", ack => Framed(ack, more: "Content-Encoding: br\r\n"));
        yield return Raw("type-missing", "no Content-Type", ack => [.. Ascii($"HTTP/1.1 200 OK\r\nContent-Length: {ack.Length}\r\nConnection: close\r\n\r\n"), .. ack]);
        yield return Raw("type-multipart", "the answer as MIME multipart", ack => Framed([.. Ascii("--b\r\nContent-Type: text/xml\r\n\r\n"), .. ack, .. Ascii("\r\n--b--\r\n")], "multipart/related; boundary=b"));
        yield return Raw("header-injection", "an obsolete folded header with another answer in it", ack => Framed(ack, more: "X-Fold: a\r\n HTTP/1.1 200 OK\r\n"));
    }

    private static readonly Lazy<byte[]> Bomb = new(() =>
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++)
                gzip.Write(zeros);
        }

        return output.ToArray();
    });

    private static byte[] Chunked() => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{XmlHead}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");

    private static byte[] Zip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return output.ToArray();
    }
}
