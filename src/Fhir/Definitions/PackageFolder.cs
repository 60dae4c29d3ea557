using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text;

namespace Fhir.Definitions;

/// <summary>One distilled package inside this assembly: an archive of definition files with an index by canonical address.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process; there is nobody to dispose it and nothing outside memory to release.")]
internal sealed class PackageFolder
{
    private readonly Lock _gate = new();
    private readonly ZipArchive _archive;
    private readonly Lazy<Dictionary<string, PackageEntry>> _index;

    public PackageFolder(string resourceName)
    {
        var stream = typeof(PackageFolder).Assembly.GetManifestResourceStream(resourceName)
            ?? throw new InvalidOperationException($"The definitions {resourceName} are missing from this build of Fhir.");
        _archive = new ZipArchive(stream, ZipArchiveMode.Read);
        _index = new(ReadIndex);
    }

    /// <summary>The bytes of a file, or null where there is none.</summary>
    public byte[]? Read(string path)
    {
        lock (_gate)
        {
            var entry = _archive.GetEntry(path);
            if (entry is null)
            {
                return null;
            }

            var bytes = new byte[entry.Length];
            using var content = entry.Open();
            content.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>Finds an artefact by canonical address (without version) and kind, such as "StructureDefinition".</summary>
    public PackageEntry? Find(string url, string kind) => _index.Value.GetValueOrDefault(url + "\t" + kind);

    public IEnumerable<PackageEntry> Entries => _index.Value.Values;

    /// <summary>Names of all files in the archive.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_gate)
            {
                return [.. _archive.Entries.Select(e => e.FullName)];
            }
        }
    }

    private Dictionary<string, PackageEntry> ReadIndex()
    {
        var found = new Dictionary<string, PackageEntry>(StringComparer.Ordinal);
        var bytes = Read("index.tsv");
        if (bytes is null)
        {
            return found;
        }

        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var part = line.Split('\t');
            found[part[0] + "\t" + part[1]] = new PackageEntry(part[0], part[1], part[2], part[3], part[4], part[5]);
        }

        return found;
    }
}

/// <summary>A line of a package's index.</summary>
internal sealed record PackageEntry(string Url, string Kind, string Id, string Type, string StructureKind, string Derivation)
{
    public string Path => $"{Kind}/{Id}.json";
}
