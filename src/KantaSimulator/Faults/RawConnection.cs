using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace KantaSimulator.Faults;

/// <summary>
/// The connection below HTTP, above TLS: lets a fault write any bytes and end the connection as it likes. Set as a feature by
/// <see cref="Attach"/>, which must come after UseHttps.
/// </summary>
internal sealed class RawConnection(ConnectionContext connection)
{
    public static ConnectionDelegate Attach(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(new RawConnection(connection));
        return next(connection);
    };

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancelled) => await connection.Transport.Output.WriteAsync(bytes, cancelled);

    /// <summary>Ends the connection after what was written: by FIN without TLS closure, or by RST.</summary>
    public void End(bool reset) => End(connection, reset);

    public static void End(ConnectionContext connection, bool reset)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return;
        try
        {
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            else
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster; the connection is over either way.
            connection.Abort();
        }
    }
}
