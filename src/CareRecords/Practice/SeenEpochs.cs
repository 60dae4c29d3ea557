using System.Globalization;

namespace CareRecords.Practice;

/// <summary>
/// The installation epochs that this machine has seen, outside the database: a backup that is restored a second time would otherwise begin the epoch of the
/// first restore again, and give its OIDs to other documents. One empty file for each practice and epoch: making it is atomic, and none is ever changed.
/// </summary>
/// <param name="folder">In the data folder, outside the database's own; made when needed.</param>
public sealed class SeenEpochs(string folder)
{
    /// <summary>0 when this machine has seen none.</summary>
    public int Highest(Guid practice)
    {
        var beginning = Beginning(practice);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, beginning + "*").Max(file => int.Parse(Path.GetFileName(file)[beginning.Length..], NumberStyles.None, CultureInfo.InvariantCulture) as int?) ?? 0
            : 0;
    }

    /// <summary>Before the epoch is used: one too many is skipped, one too few would be given out twice.</summary>
    public void Add(Guid practice, int epoch)
    {
        var file = Path.Combine(folder, Beginning(practice) + epoch.ToString(CultureInfo.InvariantCulture));
        if (File.Exists(file))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        using var made = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        made.Flush(flushToDisk: true);
    }

    private static string Beginning(Guid practice) => $"{practice:N}-";
}
