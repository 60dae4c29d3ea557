using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace KantaSimulator.Ledger;

/// <summary>The ledger cannot be used: damage before its last line, or a disk that refuses.</summary>
internal sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The append-only file: <c>JSON TAB SHA-256</c> a line, each JSON naming the hash before it. <see cref="Enqueue"/> fixes an entry's place;
/// its task ends when the line is on disk. Lines that wait together share one fsync.
/// </summary>
internal sealed class LedgerFile : IAsyncDisposable
{
    public static readonly string NoHash = new('0', 64);

    private readonly record struct Line(byte[] Bytes, TaskCompletionSource Written);

    private readonly Channel<Line> waiting = Channel.CreateUnbounded<Line>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<(long Offset, int Length)> places = [];
    private readonly FileStream file;
    private readonly FileStream hold;
    private readonly TimeProvider clock;
    private readonly Task writer;
    private long end;
    private volatile Exception? broken;

    private LedgerFile(FileStream file, FileStream hold, TimeProvider clock)
    {
        this.file = file;
        this.hold = hold;
        this.clock = clock;
        writer = Task.Run(WriteAsync);
    }

    public long Seq => places.Count;

    public string Head { get; private set; } = NoHash;

    public Exception? Broken => broken;

    /// <summary>
    /// Opens or creates <paramref name="path"/> and hands every sound entry to <paramref name="replay"/>. A last line that is incomplete is cut off.
    /// </summary>
    /// <exception cref="LedgerException">Damage anywhere else, or another simulator holds the file.</exception>
    public static LedgerFile Open(string path, TimeProvider clock, Action<LedgerEntry> replay)
    {
        FileStream hold, file;
        try
        {
            // A lock of its own: the ledger itself stays readable for others while it is written.
            hold = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        }
        catch (IOException e)
        {
            throw new LedgerException($"{path} cannot be opened (does another simulator use it?): {e.Message}", e);
        }

        var ledger = new LedgerFile(file, hold, clock);
        try
        {
            var dropped = LedgerReader.Read(file, (line, offset, length, hash) =>
            {
                if (line.Prev != ledger.Head || line.Seq != ledger.Seq + 1)
                    throw new LedgerException($"ledger line {ledger.Seq + 1} does not continue the one before it");
                ledger.places.Add((offset, length));
                ledger.Head = hash;
                replay(line with { Raw = null });
            });
            ledger.end = file.Length - dropped;
            if (dropped > 0)
            {
                file.SetLength(ledger.end);
                file.Flush(flushToDisk: true);
            }

            ledger.DroppedBytes = dropped;
            return ledger;
        }
        catch
        {
            file.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of an incomplete last line that were cut off at opening.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Gives the entry its number, time and predecessor. Call under the archive's lock: the order of calls is the order of lines.</summary>
    public (LedgerEntry Entry, Task Written) Enqueue(LedgerEntry entry)
    {
        if (broken is { } cause)
            throw new LedgerException("the ledger cannot be written", cause);
        entry = entry with { Seq = Seq + 1, At = clock.GetUtcNow(), Prev = Head };
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, LedgerEntry.Json);
        Head = Convert.ToHexStringLower(SHA256.HashData(json));
        byte[] bytes = [.. json, (byte)'\t', .. Encoding.ASCII.GetBytes(Head), (byte)'\n'];
        places.Add((end, json.Length));
        end += bytes.Length;
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!waiting.Writer.TryWrite(new Line(bytes, written)))
            throw new LedgerException("the ledger is closed");
        return (entry, written.Task);
    }

    /// <summary>An entry with its raw request, read back from disk; the entry must be written.</summary>
    public LedgerEntry Read(long seq)
    {
        (long offset, int length) = places[(int)seq - 1];
        var bytes = new byte[length];
        return RandomAccess.Read(file.SafeFileHandle, bytes, offset) == length
            ? JsonSerializer.Deserialize<LedgerEntry>(bytes, LedgerEntry.Json)!
            : throw new LedgerException($"ledger line {seq} is not on disk");
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await writer;
        await file.DisposeAsync();
        await hold.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Line>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < 1000 && waiting.Reader.TryRead(out var line))
                batch.Add(line);
            try
            {
                if (broken is not null)
                    throw new LedgerException("an earlier write failed", broken);
                file.Seek(0, SeekOrigin.End);
                foreach (var line in batch)
                    file.Write(line.Bytes);
                file.Flush(flushToDisk: true);
                batch.ForEach(l => l.Written.SetResult());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LedgerException)
            {
                broken ??= e;
                batch.ForEach(l => l.Written.SetException(new LedgerException("the ledger cannot be written", e)));
            }

            batch.Clear();
        }
    }
}
