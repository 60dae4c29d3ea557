namespace KantaSimulator.Faults;

/// <summary>The faults that are switched on. Thread-safe; each take counts a hit and uses up one of the count.</summary>
internal sealed class FaultBoard : IDisposable
{
    private sealed class Slot(Fault fault)
    {
        private readonly Random random = new(fault.Seed ?? 1);

        public Fault Fault { get; } = fault;
        public int? Remaining { get; set; } = fault.Count;
        public int Hits { get; set; }

        public bool Strikes()
        {
            if (Remaining is 0 || (Fault.Share is { } share && random.NextDouble() >= share))
                return false;
            Hits++;
            Remaining--;
            return true;
        }
    }

    private readonly Lock gate = new();
    private Slot[] slots = [];
    private CancellationTokenSource changed = new();

    /// <summary>Cancelled when the set of faults changes; ask anew each time.</summary>
    public CancellationToken Changed
    {
        get
        {
            lock (gate)
                return changed.Token;
        }
    }

    /// <summary>Waits until the faults change, or as long as said, or until cancelled; never throws.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancelled)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Changed, cancelled);
        await Task.Delay(longest, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public IReadOnlyList<FaultView> View()
    {
        lock (gate)
            return [.. slots.Select(s => new FaultView(s.Fault, s.Hits, s.Remaining))];
    }

    public void Set(IEnumerable<Fault> faults)
    {
        CancellationTokenSource before;
        lock (gate)
        {
            slots = [.. faults.Select(f => new Slot(f))];
            before = changed;
            changed = new CancellationTokenSource();
        }

        before.Cancel();
    }

    public void Dispose() => changed.Dispose();

    /// <summary>True while nothing is to listen.</summary>
    public bool Refusing
    {
        get
        {
            lock (gate)
                return slots.Any(s => s.Fault is { Kind: "down", Mode: "refused" });
        }
    }

    /// <summary>The fault of the next connection of one kind, if any.</summary>
    public Fault? TakeConnection(string kind)
    {
        lock (gate)
            return slots.FirstOrDefault(s => s.Fault.Kind == kind && s.Fault.Mode != "refused" && s.Strikes())?.Fault;
    }

    /// <summary>The delay to add, and the first other fault that applies to a request.</summary>
    /// <param name="path">mr or fhir.</param>
    /// <param name="facts">What the message is about, by the names of <see cref="FaultParser.MatchFields"/>.</param>
    public (TimeSpan Delay, Fault? Fault) Take(string path, IReadOnlyDictionary<string, string> facts)
    {
        lock (gate)
        {
            // A kept-alive connection must not outlive the port that went down.
            var down = slots.FirstOrDefault(s => s.Fault.Kind == "down" && s.Remaining is not 0)?.Fault;
            // Neither is of any use on the appointment interface, and must not be used up there.
            var applying = slots.Where(s => !s.Fault.IsOfConnections && (s.Fault.Path is null || s.Fault.Path == path)
                && (path != "fhir" || (s.Fault.Kind != "ack" && s.Fault.Match is null))
                && (s.Fault.Match?.All(m => facts.GetValueOrDefault(m.Key) == m.Value) ?? true)).ToList();
            var delay = TimeSpan.Zero;
            foreach (var slot in applying.Where(s => s.Fault.Kind == "delay" && s.Strikes()))
                delay += TimeSpan.FromMilliseconds(slot.Fault.Milliseconds ?? 0);
            return (delay, down ?? applying.Where(s => s.Fault.Kind != "delay").FirstOrDefault(s => s.Strikes())?.Fault);
        }
    }
}
