using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace KantaConnector.Tests.Faults;

/// <summary>
/// All that a node says to PostgreSQL and to the archive goes through here. Each piece that passes, in either direction, is an event; at the chosen one nothing
/// more passes, ever: what was to follow never reached anybody, as when the process dies there. No await on SQL, COMMIT or HTTP can be left out.
/// </summary>
internal sealed class MortalNetwork : IAsyncDisposable
{
    private readonly List<(TcpListener Listener, Func<CancellationToken, Task<Socket>> Connect)> doors = [];
    private readonly TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource over = new();
    private readonly List<Task> accepting;
    private CancellationTokenSource cut;
    private volatile bool isCut;
    private int events;

    public MortalNetwork(string connection, Uri archive, int dieAt = int.MaxValue)
    {
        DieAt = dieAt;
        cut = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var database = new NpgsqlConnectionStringBuilder(connection);
        var file = Path.Combine(database.Host!, $".s.PGSQL.{database.Port}");
        database.Host = "127.0.0.1";
        database.Port = Open(async cancel =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(file), cancel);
            return socket;
        });
        database.Timeout = 5;
        ConnectionString = database.ToString();
        Archive = new UriBuilder(archive)
        {
            Port = Open(async cancel =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(archive.Host, archive.Port, cancel);
                return socket;
            }),
        }.Uri;
        accepting = [.. doors.Select(door => Accept(door.Listener, door.Connect))];
    }

    public string ConnectionString { get; }
    public Uri Archive { get; }
    public int DieAt { get; }
    public int Events => Volatile.Read(ref events);
    public Task Died => died.Task;

    /// <summary>Nothing passes until <see cref="Mend"/>; what stands is closed or, silently, stands and hears no more, as behind a firewall that drops.</summary>
    public void Cut(bool silently = false)
    {
        isCut = true;
        if (!silently)
        {
            cut.Cancel();
        }
    }

    public void Mend()
    {
        // What stood silently is gone for both sides.
        cut.Cancel();
        isCut = false;
        cut = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        foreach (var (listener, _) in doors)
        {
            listener.Stop();
        }
        await Task.WhenAll(accepting);
        cut.Dispose();
        over.Dispose();
    }

    private int Open(Func<CancellationToken, Task<Socket>> connect)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        doors.Add((listener, connect));
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Accept(TcpListener listener, Func<CancellationToken, Task<Socket>> connect)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(Serve(await listener.AcceptSocketAsync(over.Token), connect));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped: while it waited, between two connections, or before the next wait.
            await Task.WhenAll(serving);
        }
    }

    private async Task Serve(Socket node, Func<CancellationToken, Task<Socket>> connect)
    {
        using var here = node;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cut.Token);
        try
        {
            if (isCut)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ends.Token);
            }
            using var there = await connect(ends.Token);
            var ways = new[] { Copy(here, there, ends.Token), Copy(there, here, ends.Token) };
            await Task.WhenAny(ways);
            await ends.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // The other side is gone.
            return;
        }
    }

    private async Task Copy(Socket from, Socket to, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, cancel) is var count and > 0)
            {
                if (isCut)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                }
                if (Interlocked.Increment(ref events) == DieAt)
                {
                    Cut();
                    died.TrySetResult();
                    return;
                }
                await to.SendAsync(buffer.AsMemory(0, count), SocketFlags.None, cancel);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone: that is what this network is for.
            return;
        }
    }
}
