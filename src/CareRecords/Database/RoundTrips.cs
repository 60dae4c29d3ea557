namespace CareRecords.Database;

/// <summary>
/// What many requests ask of the database one by one, asked together: those that arrive while a round trip is under way share the next one. Nothing waits
/// when nothing is under way, and every answer is younger than its request.
/// </summary>
/// <param name="run">Asks for all of them; answers in the same order.</param>
/// <param name="atOnce">Round trips under way at the same time.</param>
/// <param name="most">Requests in one round trip.</param>
internal sealed class RoundTrips<TRequest, TAnswer>(Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TAnswer>>> run, int atOnce, int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _running;

    private sealed class Waiting(TRequest request)
    {
        internal TRequest Request { get; } = request;

        internal TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Requests that no round trip has taken yet.</summary>
    internal int Queued
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Fails with what the shared round trip failed with; a cancelled wait does not take the request back.</summary>
    internal Task<TAnswer> AskAsync(TRequest request, CancellationToken cancel)
    {
        var mine = new Waiting(request);
        bool start;
        lock (_gate)
        {
            _waiting.Enqueue(mine);
            start = _running < atOnce;
            _running += start ? 1 : 0;
        }

        if (start)
        {
            _ = RunAllAsync();
        }

        return mine.Answer.Task.WaitAsync(cancel);
    }

    private async Task RunAllAsync()
    {
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                var answers = await run(batch.ConvertAll(w => w.Request));
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Answer.SetResult(answers[i]);
                }
            }
            catch (Exception e)
            {
                // Whatever went wrong belongs to the requests that wait: each fails with it, and the next ones are tried anew.
                batch.ForEach(w => w.Answer.TrySetException(e));
            }
        }
    }

    private List<Waiting> Next()
    {
        lock (_gate)
        {
            var batch = new List<Waiting>(Math.Min(_waiting.Count, most));
            while (batch.Count < most && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            _running -= batch.Count > 0 ? 0 : 1;
            return batch;
        }
    }
}
