using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Protection;

namespace CareRecords.Search;

/// <summary>Keyed hashes of index values, a key of their own under the master keys, different for each parameter so that equal values of two do not show.</summary>
/// <param name="epoch">The key's.</param>
internal sealed class SearchHash(MasterKeys master, short epoch) : IDisposable
{
    // Making one costs more than hashing a value.
    private readonly ThreadLocal<IncrementalHash> _hash = new(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, master.SearchKey(epoch)));

    internal short Epoch => epoch;

    internal Guid Code(int parameter, string code) => Of('c', parameter, code);

    /// <summary>Case does not count: "when in doubt, servers SHOULD treat tokens in a case-insensitive manner" (search.html#token).</summary>
    internal Guid Token(int parameter, string code) => Code(parameter, code.ToLowerInvariant());

    /// <summary>The hash of a code system or unit system; of none the empty one.</summary>
    internal Guid System(int parameter, string? system) => string.IsNullOrEmpty(system) ? Guid.Empty : Of('s', parameter, system);

    internal Guid Exact(int parameter, string text) => Of('x', parameter, text);

    public void Dispose() => _hash.Dispose();

    private Guid Of(char kind, int parameter, string value)
    {
        Span<byte> hash = stackalloc byte[32];
        var hashing = _hash.Value!;
        hashing.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}\n{parameter}\n{value}")));
        hashing.GetHashAndReset(hash);
        return new Guid(hash[..16]);
    }
}
