using System.Threading.Channels;

namespace KantaConnector.Queue;

/// <summary>Wakes the pump when there may be something to claim; losing a signal costs one poll interval, never a document.</summary>
internal sealed class QueueSignal(TimeProvider clock)
{
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => wakes.Writer.TryWrite(true);

    public async Task Wait(TimeSpan longest, CancellationToken cancel)
    {
        using var timer = clock.CreateTimer(_ => Wake(), null, longest, Timeout.InfiniteTimeSpan);
        await wakes.Reader.ReadAsync(cancel);
    }
}
