using KantaSimulator.Appointments;
using KantaSimulator.Ledger;

namespace KantaSimulator.Archive;

/// <summary>A document version in the archive, and the ledger line that brought it.</summary>
internal sealed record Archived(DocumentRow Row, long Seq)
{
    public bool Invalidated { get; set; }
}

/// <summary>A service event: whose it is, and the chain of its own document once that is archived.</summary>
internal sealed class ServiceEventState
{
    public required string Patient { get; init; }
    public string? OwnChain { get; set; }
    public int Documents { get; set; }
    public bool Invalidated { get; set; }
}

/// <summary>What the ledger amounts to. Built only by <see cref="Apply"/>, in ledger order, live and at start alike.</summary>
internal sealed class ArchiveState
{
    private readonly Dictionary<string, Archived> documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Archived>> chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceEventState> events = new(StringComparer.Ordinal);
    private readonly HashSet<string> messageIds = new(StringComparer.Ordinal);

    public AppointmentState Appointments { get; } = new();

    public IReadOnlyCollection<Archived> Documents => documents.Values;

    public Archived? Find(string id) => documents.GetValueOrDefault(id);

    /// <summary>All versions of a chain, oldest first.</summary>
    public IReadOnlyList<Archived> Chain(string setId) => chains.GetValueOrDefault(setId) ?? (IReadOnlyList<Archived>)[];

    public ServiceEventState? Event(string id) => events.GetValueOrDefault(id);

    public bool KnowsMessage(string id) => messageIds.Contains(id);

    public string StatusOf(Archived document) => document.Invalidated ? "invalidated" : Chain(document.Row.SetId)[^1] == document ? "current" : "replaced";

    public static string PatientKey(DocumentRow row) => $"{row.PatientRoot} {row.PatientId}";

    public void Apply(LedgerEntry entry)
    {
        if (entry.MessageId is { Length: > 0 } messageId)
            messageIds.Add(messageId);
        Appointments.Apply(entry);
        if (entry is { Outcome: "archived", Document: { } row })
            File(row, entry.Seq);
        if (entry is { Kind: "invalidation", Outcome: "invalidated" })
        {
            if (entry.DocumentId is { } id && documents.TryGetValue(id, out var document))
                document.Invalidated = true;
            if (entry.ServiceEvent is { } eventId && events.TryGetValue(eventId, out var state))
                state.Invalidated = true;
        }
    }

    private void File(DocumentRow row, long seq)
    {
        var archived = new Archived(row, seq);
        documents[row.Id] = archived;
        if (!chains.TryGetValue(row.SetId, out var chain))
            chains[row.SetId] = chain = [];
        chain.Add(archived);
        if (row.ServiceEvent.Length == 0)
            return;
        if (!events.TryGetValue(row.ServiceEvent, out var state))
            events[row.ServiceEvent] = state = new ServiceEventState { Patient = PatientKey(row) };
        state.Documents++;
        if (row.Type == "4")
            state.OwnChain ??= row.SetId;
    }
}
