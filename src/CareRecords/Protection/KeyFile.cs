using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace CareRecords.Protection;

/// <summary>What master.json holds. Two keys of a kind stand in it only while they are rotated.</summary>
/// <param name="Current">The master key that wraps new data keys.</param>
/// <param name="Keys">Master keys by id.</param>
/// <param name="Index">The root of the blind indexes.</param>
/// <param name="Search">Keys of the search index by epoch; absent in files of before the first rotation, whose only epoch, 1, has a key derived from <paramref name="Index"/>.</param>
internal sealed record KeyFile(string Current, IReadOnlyDictionary<string, string> Keys, string Index, IReadOnlyDictionary<string, string>? Search = null)
{
    private const int Length = 32;

    internal byte[] IndexKey => Convert.FromBase64String(Index);

    internal IReadOnlyList<short> SearchEpochs => Search is null ? [1] : [.. Search.Keys.Select(k => short.Parse(k, CultureInfo.InvariantCulture)).OrderDescending()];

    internal short SearchEpoch => SearchEpochs[0];

    /// <summary>Whether an older key stands beside a current one.</summary>
    internal bool IsRotating => Keys.Count > 1 || SearchEpochs.Count > 1;

    /// <exception cref="InvalidOperationException">The file is missing or damaged; says what to do.</exception>
    internal static KeyFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException(
                $"The master key file {path} is missing. Put the file back from its safe copy; without it the stored data cannot be read.");
        }

        try
        {
            var file = JsonSerializer.Deserialize<KeyFile>(File.ReadAllText(path)) ?? throw new JsonException("empty");
            string[] all = [.. file.Keys.Values, file.Index, .. file.Search?.Values.Where(k => k.Length > 0) ?? []];
            if (!file.Keys.ContainsKey(file.Current) || all.Any(k => Convert.FromBase64String(k).Length != Length) || file.SearchEpochs.Count == 0)
            {
                throw new JsonException("a key is missing or has a wrong length");
            }

            return file;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException)
        {
            throw new InvalidOperationException($"The master key file {path} is damaged ({e.Message}). Put the file back from its safe copy.", e);
        }
    }

    internal static KeyFile New(string id) => new(id, new Dictionary<string, string> { [id] = Random() }, Random());

    /// <summary>With new current keys beside those of before.</summary>
    internal KeyFile Next()
    {
        var id = "m" + (Keys.Keys.Max(k => int.Parse(k.AsSpan(1), CultureInfo.InvariantCulture)) + 1).ToString(CultureInfo.InvariantCulture);
        var search = new Dictionary<string, string>(Search ?? new Dictionary<string, string> { ["1"] = "" })
        {
            [(SearchEpoch + 1).ToString(CultureInfo.InvariantCulture)] = Random(),
        };
        return this with { Current = id, Keys = new Dictionary<string, string>(Keys) { [id] = Random() }, Search = search };
    }

    /// <summary>The current keys alone.</summary>
    internal KeyFile WithoutOld() => this with
    {
        Keys = new Dictionary<string, string> { [Current] = Keys[Current] },
        Search = Search?.Where(s => s.Key == SearchEpoch.ToString(CultureInfo.InvariantCulture)).ToDictionary(),
    };

    internal byte[]? Key(string id) => Keys.TryGetValue(id, out var key) ? Convert.FromBase64String(key) : null;

    /// <summary>Null: it is not here; empty: it is derived from the root of the blind indexes.</summary>
    internal byte[]? SearchKey(short epoch) => Search is null ? epoch == 1 ? [] : null
        : Search.TryGetValue(epoch.ToString(CultureInfo.InvariantCulture), out var key) ? Convert.FromBase64String(key) : null;

    /// <summary>Replaces the file in one step: whoever reads it finds the old or the new one, whole.</summary>
    internal void Replace(string path)
    {
        var beside = path + ".new";
        Write(beside, FileMode.Create);
        File.Move(beside, path, overwrite: true);
    }

    internal void Write(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        JsonSerializer.Serialize(stream, new { Current, Keys, Index, Search });
        stream.Flush(flushToDisk: true);
    }

    private static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));
}
