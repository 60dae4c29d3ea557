namespace KantaSimulator.Faults;

/// <summary>Gives the answers of two requests that are under way at the same time to each other, and remembers the last one.</summary>
internal sealed class AckSwapper
{
    private sealed record Waiting(Reply Own, TaskCompletionSource<Reply> Other);

    private readonly Lock gate = new();
    private Waiting? waiting;
    private Reply? previous;

    /// <summary>The answer before this one; null when there was none. This one becomes the previous.</summary>
    public Reply? ExchangePrevious(Reply own)
    {
        lock (gate)
        {
            var last = previous;
            previous = own;
            return last;
        }
    }

    /// <summary>The answer of the next request to come within <paramref name="patience"/>; null when none came.</summary>
    public async Task<Reply?> SwapAsync(Reply own, TimeSpan patience)
    {
        var mine = new Waiting(own, new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            if (waiting is { } other)
            {
                waiting = null;
                other.Other.SetResult(own);
                return other.Own;
            }

            waiting = mine;
        }

        var came = await Task.WhenAny(mine.Other.Task, Task.Delay(patience)) == mine.Other.Task;
        lock (gate)
        {
            if (waiting == mine)
                waiting = null;
            return came || mine.Other.Task.IsCompleted ? mine.Other.Task.Result : null;
        }
    }
}
