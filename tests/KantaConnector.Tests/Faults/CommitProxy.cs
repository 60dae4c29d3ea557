using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace KantaConnector.Tests.Faults;

/// <summary>
/// Stands between a node and PostgreSQL on TCP. When told, it cuts the connection at the moment the server says that it committed, and does not
/// pass that on.
/// </summary>
internal sealed class CommitProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource over = new();
    private readonly string socket;
    private readonly Task accepting;
    private int cuts;

    public CommitProxy(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        socket = Path.Combine(builder.Host!, $".s.PGSQL.{builder.Port}");
        listener.Start();
        builder.Host = "127.0.0.1";
        builder.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectionString = builder.ToString();
        accepting = Accept();
    }

    public string ConnectionString { get; }

    /// <summary>Asked at each COMMIT whether its answer is to be lost.</summary>
    public Func<bool> LoseAnswer { get; set; } = () => false;

    public int Cuts => cuts;

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Stop();
        await accepting;
        over.Dispose();
    }

    private async Task Accept()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(Serve(await listener.AcceptTcpClientAsync(over.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var accepted = client;
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await server.ConnectAsync(new UnixDomainSocketEndPoint(socket), over.Token);
        await using var up = new NetworkStream(server);
        var down = client.GetStream();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var forward = Copy(down, up, _ => true);
        // The server's own word that it committed: a client may send COMMIT within a batch, or as a prepared statement without its text.
        var back = Copy(up, down, bytes => bytes.Span.IndexOf("COMMIT\0"u8) < 0 || !LoseAnswer());
        await Task.WhenAny(forward, back);
        await cut.CancelAsync();
        await Task.WhenAll(forward, back);

        async Task Copy(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> pass)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReadAsync(buffer, cut.Token) is var count and > 0)
                {
                    if (!pass(buffer.AsMemory(0, count)))
                    {
                        Interlocked.Increment(ref cuts);
                        return;
                    }
                    await to.WriteAsync(buffer.AsMemory(0, count), cut.Token);
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side is gone: that is what this proxy is for.
                return;
            }
        }
    }
}
