using System.Text;

namespace Benchmarks.Http;

/// <summary>Ready-made request bytes.</summary>
internal sealed class Requests(int port, string token)
{
    private readonly string _head = $"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nAccept: application/fhir+json\r\n";

    internal byte[] Get(string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\n{_head}\r\n");

    internal byte[] Post(string path, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\n{_head}Content-Type: application/fhir+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    internal static Action<int, ReadOnlyMemory<byte>> Expect(int status) => (got, body) =>
    {
        if (got != status)
        {
            throw new InvalidOperationException($"Answered {got} instead of {status}: {Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 500)])}");
        }
    };
}
