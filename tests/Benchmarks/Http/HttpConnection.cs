using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Http;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends ready-made bytes and reads answers with a Content-Length. Next to nothing in processor time, because
/// generator, application and database share the machine.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[64 * 1024];

    internal async Task ConnectAsync(int port) => await _socket.ConnectAsync(IPAddress.Loopback, port);

    /// <summary>The answer's head and body; valid until the next call.</summary>
    internal async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += await _socket.SendAsync(request[sent..], SocketFlags.None);
        }

        var filled = 0;
        var whole = int.MaxValue;
        var bodyAt = 0;
        while (filled < whole)
        {
            if (filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var count = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            if (count == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            filled += count;
            if (bodyAt == 0 && _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                bodyAt = end + 4;
                whole = bodyAt + ContentLength(_buffer.AsSpan(0, end));
            }
        }

        var status = Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int code, out _) ? code : 0;
        return (status, _buffer.AsMemory(bodyAt, filled - bodyAt));
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : 0;
    }
}
