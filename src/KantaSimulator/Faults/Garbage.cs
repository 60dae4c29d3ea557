using System.Globalization;
using System.Text;

namespace KantaSimulator.Faults;

/// <summary>One kind of nonsense: from the right acknowledgement's bytes, the bytes of a whole HTTP answer in pieces.</summary>
internal sealed record Garbage(string Name, string Description, Func<byte[], IEnumerable<byte[]>> Make);

/// <summary>All kinds, in the order of the table in docs/simulator-wire.md.</summary>
internal static partial class GarbageCorpus
{
    private static readonly UTF8Encoding Utf8 = new(false);

    public static readonly IReadOnlyList<Garbage> All = [.. Http(), .. Encodings(), .. Xml(), .. Soap(), .. Acks()];

    private static Garbage Raw(string name, string description, Func<byte[], byte[]> make) => new(name, description, ack => [make(ack)]);

    /// <summary>A well-framed HTTP 200 with another body.</summary>
    private static Garbage Body(string name, string description, Func<string, string> make, string type = "text/xml; charset=utf-8") =>
        Raw(name, description, ack => Framed(Utf8.GetBytes(make(Utf8.GetString(ack))), type));

    private static byte[] Framed(byte[] body, string type = "text/xml; charset=utf-8", string status = "200 OK", string more = "") =>
        [.. Ascii(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{more}\r\n")), .. body];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>A huge body in blocks, so that the simulator itself stays small.</summary>
    private static IEnumerable<byte[]> Huge(string before, string block, long times, string after, string more = "")
    {
        long length = before.Length + block.Length * times + after.Length;
        yield return Ascii(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n{before}"));
        var bytes = Ascii(block);
        for (long i = 0; i < times; i++)
            yield return bytes;
        yield return Ascii(after);
    }
}
