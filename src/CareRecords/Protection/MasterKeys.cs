using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CareRecords.Protection;

/// <summary>
/// The installation's master keys, from a file outside the database's folder and outside its backups. Wraps the data keys and feeds the blind
/// indexes. A missing file stops the start; only set-up makes one.
/// </summary>
public sealed class MasterKeys
{
    private readonly Dictionary<string, byte[]> _keys;
    private readonly byte[] _index;

    private MasterKeys(string current, Dictionary<string, byte[]> keys, byte[] index) => (Current, _keys, _index) = (current, keys, index);

    /// <summary>The id of the key that wraps new data keys.</summary>
    public string Current { get; }

    /// <summary>Reads the file; throws with what to do when it is missing or damaged.</summary>
    public static MasterKeys Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException(
                $"The master key file {path} is missing. Put the file back from its safe copy; without it the stored data cannot be read.");
        }

        try
        {
            var file = JsonSerializer.Deserialize<KeyFile>(File.ReadAllText(path)) ?? throw new JsonException("empty");
            var keys = file.Keys.ToDictionary(k => k.Key, k => Convert.FromBase64String(k.Value));
            var index = Convert.FromBase64String(file.Index);
            if (!keys.ContainsKey(file.Current) || index.Length != 32 || keys.Values.Any(k => k.Length != 32))
            {
                throw new JsonException("a key is missing or has a wrong length");
            }

            return new MasterKeys(file.Current, keys, index);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidOperationException($"The master key file {path} is damaged ({e.Message}). Put the file back from its safe copy.", e);
        }
    }

    /// <summary>Makes a new file (0600). Set-up only: refuses to overwrite.</summary>
    public static void Create(string path)
    {
        var file = new KeyFile(
            "m1", new Dictionary<string, string> { ["m1"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) },
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        JsonSerializer.Serialize(stream, file);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Keys that live in memory only, for tests.</summary>
    public static MasterKeys Ephemeral() => new(
        "t1", new Dictionary<string, byte[]> { ["t1"] = RandomNumberGenerator.GetBytes(32) }, RandomNumberGenerator.GetBytes(32));

    internal byte[] Key(string id) => _keys.TryGetValue(id, out var key)
        ? key
        : throw new InvalidOperationException($"Master key {id} is not in the key file, but data is wrapped with it.");

    /// <summary>A keyed hash (HMAC-SHA-256, 32 bytes) of a normalised value, its own key for each purpose, for equality look-ups.</summary>
    public byte[] BlindIndex(string purpose, string normalised)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _index, 32, info: Encoding.UTF8.GetBytes(purpose));
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(normalised));
    }

    private sealed record KeyFile(string Current, Dictionary<string, string> Keys, string Index);
}
