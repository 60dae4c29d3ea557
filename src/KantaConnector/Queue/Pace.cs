namespace KantaConnector.Queue;

/// <summary>
/// How much is claimed at once: about half a second's work at the pace at which documents lately went out, so that a commit serves many of them, while
/// a slow archive never makes claims wait longer than their lease. One instance a pump.
/// </summary>
internal sealed class Pace(TimeProvider clock, int least)
{
    private const int Most = 256;
    private const int First = 64;
    private long since = clock.GetTimestamp();
    private int done;
    private double perSecond;

    /// <summary>From <c>least</c> to 256; 64 while no pace is known.</summary>
    public int Batch => perSecond == 0 ? Math.Max(least, First) : (int)Math.Clamp(perSecond / 2, least, Most);

    /// <summary>
    /// How long results are gathered before they are recorded together: a slow archive's at once, a fast one's for a while, since each commit costs the same.
    /// </summary>
    public TimeSpan Gather => perSecond > 200 ? TimeSpan.FromMilliseconds(40) : TimeSpan.Zero;

    /// <summary>Called by one thread at a time, when results were recorded.</summary>
    public void Done(int count)
    {
        done += count;
        var elapsed = clock.GetElapsedTime(since).TotalSeconds;
        if (elapsed < 0.25)
        {
            return;
        }
        // Halfway to what was seen: one hiccup does not decide.
        perSecond = Math.Max(1, perSecond == 0 ? done / elapsed : (perSecond + (done / elapsed)) / 2);
        (since, done) = (clock.GetTimestamp(), 0);
    }

    /// <summary>There was nothing to do: what was known of the pace is old.</summary>
    public void Restart() => (since, done, perSecond) = (clock.GetTimestamp(), 0, 0);
}
