using System.Threading.Channels;

namespace Booking.Messages;

/// <summary>Wakes the sender after a commit, so that a confirmation leaves at once. Losing a signal only delays: the sender also looks by itself.</summary>
internal sealed class MessageSignal
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ValueTask Wake()
    {
        _signals.Writer.TryWrite(true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns at the next signal or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The time is over: that is an answer too.
            return;
        }
    }
}
