namespace KantaConnector.Queue;

/// <summary>
/// How many requests of people are under way in this process. A drain takes its steps between them: it waits for a moment without any, or a few milliseconds, so
/// that a page does not queue behind signatures and a busy practice does not stop the queue. Thread-safe.
/// </summary>
public sealed class Foreground(TimeProvider clock)
{
    // Four connections that each wait this long for every document still send well over fifty a second into an archive that answers after 50 ms.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(2);
    private readonly Lock gate = new();
    private TaskCompletionSource idle = Done();
    private int underWay;
    private long lastSeen = clock.GetTimestamp() - (long)(Recently.TotalSeconds * 2 * clock.TimestampFrequency);

    /// <summary>A request was answered, or asks for one, within the last two seconds.</summary>
    public bool IsActive => Volatile.Read(ref underWay) > 0 || clock.GetElapsedTime(Volatile.Read(ref lastSeen)) < Recently;

    public void Enter()
    {
        lock (gate)
        {
            if (underWay++ == 0)
            {
                idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    public void Leave()
    {
        TaskCompletionSource? over = null;
        lock (gate)
        {
            Volatile.Write(ref lastSeen, clock.GetTimestamp());
            if (--underWay == 0)
            {
                over = idle;
            }
        }
        over?.TrySetResult();
    }

    /// <summary>Before each step of background work that takes a core for a while.</summary>
    internal async ValueTask Step(CancellationToken cancel)
    {
        Task quiet;
        lock (gate)
        {
            if (underWay == 0)
            {
                return;
            }
            quiet = idle.Task;
        }
        await quiet.WaitAsync(Longest, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>One core while people are about, else all.</summary>
    internal ParallelOptions Signing(CancellationToken cancel) => new() { CancellationToken = cancel, MaxDegreeOfParallelism = IsActive ? 1 : Environment.ProcessorCount };

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
