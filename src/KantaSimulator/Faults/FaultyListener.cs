using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace KantaSimulator.Faults;

/// <summary>Sockets as Kestrel makes them, under the fault board: a port can stop listening, reset what it accepts, or let it hang.</summary>
internal sealed class FaultyListenerFactory(FaultBoard board, ILoggerFactory logs) : IConnectionListenerFactory
{
    // The least buffer with which a write still ends: it ends when the kernel has every byte, and so a fault knows that what it wrote has left.
    private readonly SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions { MaxWriteBufferSize = 2 }), logs);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new FaultyListener(board, sockets, await sockets.BindAsync(endpoint, cancellationToken));

    private sealed class FaultyListener(FaultBoard board, SocketTransportFactory sockets, IConnectionListener first) : IConnectionListener
    {
        private readonly CancellationTokenSource closing = new();
        private readonly List<ConnectionContext> hanging = [];
        private IConnectionListener? inner = first;

        public EndPoint EndPoint { get; } = first.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (!closing.IsCancellationRequested)
            {
                if (!await ListeningAsync())
                    continue;
                using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token, board.Changed);
                try
                {
                    var connection = await inner!.AcceptAsync(interrupt.Token);
                    if (connection is null)
                        return null;
                    if (board.TakeConnection("down") is not { } fault)
                        return connection;
                    await RefuseAsync(connection, fault);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // The faults changed: look again whether to listen.
                }
            }

            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await closing.CancelAsync();
            if (inner is not null)
                await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await closing.CancelAsync();
            foreach (var connection in hanging)
                RawConnection.End(connection, reset: true);
            if (inner is not null)
                await inner.DisposeAsync();
        }

        private async Task<bool> ListeningAsync()
        {
            if (board.Refusing)
            {
                if (inner is { } open)
                {
                    inner = null;
                    await open.UnbindAsync(CancellationToken.None);
                    await open.DisposeAsync();
                }

                await board.WaitAsync(TimeSpan.FromSeconds(1), closing.Token);
                return false;
            }

            try
            {
                inner ??= await sockets.BindAsync(EndPoint, CancellationToken.None);
                return true;
            }
            catch (AddressInUseException)
            {
                await board.WaitAsync(TimeSpan.FromMilliseconds(200), closing.Token);
                return false;
            }
        }

        private async Task RefuseAsync(ConnectionContext connection, Fault fault)
        {
            if (fault.Mode == "hang")
            {
                hanging.Add(connection);
                return;
            }

            RawConnection.End(connection, reset: true);
            await connection.DisposeAsync();
        }
    }
}
