using System.Security.Cryptography;
using System.Text;

namespace CareRecords.Protection;

/// <summary>
/// The installation's master keys, from a file outside the database's folder and outside its backups. Wraps the data keys, and feeds the blind
/// indexes and the hashes of the search index. A missing file stops the start; only set-up makes one. A file that was changed by
/// <see cref="RotateKeys"/> is taken up while the program runs.
/// </summary>
public sealed class MasterKeys
{
    private const int LookEvery = 200;
    private readonly string? _path;
    private volatile State _state;
    private long _looked = Environment.TickCount64;

    private MasterKeys(string? path, State state) => (_path, _state) = (path, state);

    private sealed record State(KeyFile File, DateTime Written);

    /// <summary>The id of the key that wraps new data keys.</summary>
    public string Current => Fresh().Current;

    /// <summary>The epoch of the key under which the search index is written.</summary>
    internal short SearchEpoch => Fresh().SearchEpoch;

    /// <summary>Epochs under whose keys rows of the search index may stand, the current one first; several while keys are rotated.</summary>
    internal IReadOnlyList<short> SearchEpochs => Fresh().SearchEpochs;

    /// <summary>Where the file is; null for keys that live in memory.</summary>
    internal string? Path => _path;

    /// <summary>Reads the file; throws with what to do when it is missing or damaged.</summary>
    public static MasterKeys Load(string path) => new(path, Read(path));

    /// <summary>Makes a new file (0600). Set-up only: refuses to overwrite.</summary>
    public static void Create(string path) => KeyFile.New("m1").Write(path, FileMode.CreateNew);

    /// <summary>Keys that live in memory only, for tests.</summary>
    public static MasterKeys Ephemeral() => new(null, new State(KeyFile.New("t1"), default));

    internal byte[] Key(string id) => Fresh().Key(id) ?? Reload().Key(id)
        ?? throw new InvalidOperationException($"Master key {id} is not in the key file, but data is wrapped with it.");

    /// <summary>The key of the search index's hashes of an epoch.</summary>
    internal byte[] SearchKey(short epoch) => (Fresh().SearchKey(epoch) ?? Reload().SearchKey(epoch)
        ?? throw new InvalidOperationException($"The key file lacks the key of search index epoch {epoch}. Put the file back from its safe copy.")) is { Length: > 0 } own
        ? own : BlindIndex("search-index", "key 1");

    /// <summary>Whether rows of the search index that stand under this epoch's key can be found.</summary>
    public bool HoldsSearchKey(short epoch) => SearchEpochs.Contains(epoch);

    /// <summary>A keyed hash (HMAC-SHA-256, 32 bytes) of a normalised value, its own key for each purpose, for equality look-ups.</summary>
    public byte[] BlindIndex(string purpose, string normalised)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _state.File.IndexKey, 32, info: Encoding.UTF8.GetBytes(purpose));
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(normalised));
    }

    /// <summary>Takes up the file as it is now.</summary>
    internal KeyFile Reload()
    {
        if (_path is not null)
        {
            _state = Read(_path);
        }

        return _state.File;
    }

    private KeyFile Fresh()
    {
        var now = Environment.TickCount64;
        if (_path is null || now - Interlocked.Read(ref _looked) < LookEvery)
        {
            return _state.File;
        }

        Interlocked.Exchange(ref _looked, now);
        return File.Exists(_path) && File.GetLastWriteTimeUtc(_path) != _state.Written ? Reload() : _state.File;
    }

    private static State Read(string path) => new(KeyFile.Read(path), File.GetLastWriteTimeUtc(path));
}
