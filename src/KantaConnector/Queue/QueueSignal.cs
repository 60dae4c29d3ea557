using System.Threading.Channels;

namespace KantaConnector.Queue;

/// <summary>Wakes the pumps when there may be something to claim; losing a signal costs one poll interval, never a document.</summary>
internal sealed class QueueSignal(TimeProvider clock)
{
    private readonly Channel<bool>[] wakes = [.. Enum.GetValues<Way>().Select(_ => Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }))];

    public void Wake()
    {
        foreach (var way in Enum.GetValues<Way>())
        {
            Wake(way);
        }
    }

    public void Wake(Way way) => wakes[(int)way].Writer.TryWrite(true);

    public async Task Wait(Way way, TimeSpan longest, CancellationToken cancel)
    {
        using var timer = clock.CreateTimer(_ => Wake(way), null, longest, Timeout.InfiniteTimeSpan);
        await wakes[(int)way].Reader.ReadAsync(cancel);
    }
}
