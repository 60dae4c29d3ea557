using KantaSimulator.Checks;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Archive;

/// <summary>
/// The archive: decides under one lock, writes the decision to the ledger, and answers only when it is on disk. Later decisions see earlier
/// ones at once, but their lines come after, so no answer speaks of anything that a crash could undo.
/// </summary>
internal sealed class ArchiveService : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<LedgerEntry> entries = [];
    private readonly SimulatorOptions options;
    private readonly TimeProvider clock;
    private ArchiveState state = new();
    private LedgerFile ledger;

    public ArchiveService(SimulatorOptions options, TimeProvider clock)
    {
        this.options = options;
        this.clock = clock;
        Directory.CreateDirectory(options.Data);
        ledger = Open();
    }

    public string LedgerPath => Path.Combine(options.Data, "ledger.log");

    public (long Seq, string Hash) Head
    {
        get
        {
            lock (gate)
                return (ledger.Seq, ledger.Head);
        }
    }

    public long DroppedBytes => ledger.DroppedBytes;

    public bool Broken => ledger.Broken is not null;

    /// <summary>Judges the rest of an archiving message, files it or not, and waits for the disk.</summary>
    /// <param name="refusal">A refusal that a switch asks for; nothing is archived then.</param>
    /// <exception cref="LedgerException">The ledger cannot be written.</exception>
    public async Task<Verdict> SubmitAsync(Examination examination, byte[] request, string? fault, Finding? refusal)
    {
        Verdict verdict;
        Task written;
        var packed = Packed.Pack(request);
        lock (gate)
        {
            var row = examination is { Document: { } metadata, DocumentBytes: { } bytes }
                ? DocumentRow.From(metadata, examination.Title, examination.Hash, bytes.Length) : null;
            var findings = ChainChecks.Run(state, examination, row, options).ToList();
            if (refusal is not null)
                findings.Add(refusal);
            var already = findings.Exists(f => f.Rule == Rulebook.AlreadyArchived);
            var answer = Verdict.AnswerTo(findings, options.DuplicateIsAccepted);
            var refused = findings.Exists(f => f.Severity == Severity.Error && f.Rule != Rulebook.AlreadyArchived);
            var (entry, task) = Append(new LedgerEntry
            {
                Kind = "message",
                Interaction = examination.Message.LocalName,
                MessageId = examination.MessageId,
                Sender = examination.Sender,
                Outcome = refused ? "refused" : already ? "already" : "archived",
                Answer = answer,
                Findings = [.. findings.Select(FindingRow.From)],
                Document = row,
                Signature = examination.Signature,
                Fault = fault,
                Raw = packed,
            });
            verdict = new Verdict(answer, findings, entry);
            written = task;
        }

        await written;
        return verdict;
    }

    /// <summary>Files another kind of entry that <paramref name="decide"/> makes from the state under the lock.</summary>
    /// <exception cref="LedgerException">The ledger cannot be written.</exception>
    public async Task<LedgerEntry> RecordAsync(Func<ArchiveState, LedgerEntry> decide)
    {
        Task written;
        LedgerEntry entry;
        lock (gate)
            (entry, written) = Append(decide(state));
        await written;
        return entry;
    }

    /// <summary>Reads the state under the lock; take out copies, not references.</summary>
    public T Read<T>(Func<ArchiveState, IReadOnlyList<LedgerEntry>, T> read)
    {
        lock (gate)
            return read(state, entries);
    }

    /// <summary>An entry with its raw request, from disk.</summary>
    public LedgerEntry? Entry(long seq)
    {
        lock (gate)
            return seq >= 1 && seq <= ledger.Seq ? ledger.Read(seq) : null;
    }

    /// <summary>The archived bytes of a document, taken out of the request that brought it; null when it is unknown.</summary>
    public byte[]? DocumentBytes(string oid)
    {
        var found = Read((state, _) => state.Find(oid)?.Seq);
        if (found is not { } seq || Entry(seq)?.Raw is not { } raw || SoapRequest.Read(Packed.Unpack(raw)).Message is not { } message)
            return null;
        return message.At("controlActProcess/subject/clinicalDocument/text") is { } text ? MimePart.Read(text.InnerText, (_, _) => { })?.Content : null;
    }

    /// <summary>Begins anew with an empty ledger; for throw-away simulators only.</summary>
    public async Task ResetAsync()
    {
        await ledger.DisposeAsync();
        lock (gate)
        {
            File.Move(LedgerPath, LedgerPath + ".discarded", overwrite: true);
            entries.Clear();
            state = new ArchiveState();
            ledger = Open();
        }
    }

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    private LedgerFile Open()
    {
        var opened = LedgerFile.Open(LedgerPath, clock, Remember);
        ledger = opened;
        Append(new LedgerEntry
        {
            Kind = "start",
            Version = typeof(ArchiveService).Assembly.GetName().Version?.ToString(),
            DroppedBytes = opened.DroppedBytes,
        });
        return opened;
    }

    private (LedgerEntry Entry, Task Written) Append(LedgerEntry draft)
    {
        var (entry, written) = ledger.Enqueue(draft);
        Remember(entry with { Raw = null });
        return (entry, written);
    }

    private void Remember(LedgerEntry entry)
    {
        entries.Add(entry);
        state.Apply(entry);
    }
}
