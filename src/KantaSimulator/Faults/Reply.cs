using System.Globalization;
using System.Text;

namespace KantaSimulator.Faults;

/// <summary>An answer before it is sent: right or wrong, it is one of these.</summary>
internal sealed record Reply(int Status, string ContentType, byte[] Body)
{
    public static Reply Xml(int status, byte[] body) => new(status, "text/xml; charset=utf-8", body);

    /// <summary>Status line and headers as bytes, for answers that are cut or bent.</summary>
    public byte[] Head(bool close = true) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {Status} {(Status == 200 ? "OK" : "Error")}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n{(close ? "Connection: close\r\n" : "")}\r\n"));

    public byte[] Whole(bool close = true) => [.. Head(close), .. Body];
}
