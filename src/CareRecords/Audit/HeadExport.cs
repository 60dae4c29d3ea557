using System.Text.Json;
using Microsoft.Extensions.Options;

namespace CareRecords.Audit;

/// <summary>Settings under `AccessLog`.</summary>
public sealed class AccessLogOptions
{
    /// <summary>File to which signed heads are appended, outside the database and best on another machine; empty: none, and the verifier says so.</summary>
    public string HeadsFile { get; set; } = "";

    /// <summary>How often a head is exported at most.</summary>
    public TimeSpan ExportEvery { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Appends signed tree heads, one JSON object a line, to a file outside the database.</summary>
internal sealed class HeadExport(IOptions<AccessLogOptions> options, TimeProvider clock)
{
    private TreeHead? _latest;
    private DateTimeOffset _exportedAt = DateTimeOffset.MinValue;

    /// <summary>Remembers the head, and exports it when the last export is old enough.</summary>
    internal Task WriteAsync(TreeHead head, CancellationToken cancel)
    {
        _latest = head;
        return FlushAsync(cancel);
    }

    /// <summary>Exports the head that waits, when its time has come.</summary>
    internal async Task FlushAsync(CancellationToken cancel)
    {
        var path = options.Value.HeadsFile;
        if (_latest is not { } head || path.Length == 0 || clock.GetUtcNow() - _exportedAt < options.Value.ExportEvery)
        {
            return;
        }

        await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(head), cancel);
            await file.WriteAsync("\n"u8.ToArray(), cancel);
            file.Flush(flushToDisk: true);
        }

        (_latest, _exportedAt) = (null, clock.GetUtcNow());
    }

    /// <summary>All exported heads, oldest first, and the numbers of lines that cannot be read (a crash may cut one off).</summary>
    internal static async Task<(IReadOnlyList<TreeHead> Heads, IReadOnlyList<int> Unreadable)> ReadAsync(string path, CancellationToken cancel)
    {
        var heads = new List<TreeHead>();
        var unreadable = new List<int>();
        var lines = path.Length == 0 || !File.Exists(path) ? [] : await File.ReadAllLinesAsync(path, cancel);
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                heads.Add(JsonSerializer.Deserialize<TreeHead>(lines[i]) ?? throw new JsonException("null"));
            }
            catch (JsonException)
            {
                unreadable.Add(i + 1);
            }
        }

        return (heads, unreadable);
    }
}
