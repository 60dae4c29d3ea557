using System.Security.Cryptography;
using System.Text;

namespace CareRecords.Protection;

/// <summary>A column of a row that is encrypted; both are authenticated, so a value moved to another row or column does not open.</summary>
/// <param name="Column">`schema.table.column`.</param>
/// <param name="Row">The row's key as text.</param>
public readonly record struct FieldPlace(string Column, string Row);

/// <summary>
/// Encrypts column values at rest: format 1 (one byte) · data key id (16) · nonce · ciphertext · tag, AES-256-GCM with the place as associated data.
/// </summary>
public sealed class FieldCipher(KeyStore keys)
{
    private const byte Format = 1;
    private const int Prefix = 17;

    /// <summary>Ciphertext under the scope's key; the key is made at first use.</summary>
    public async ValueTask<byte[]> EncryptAsync(KeyScope scope, FieldPlace place, ReadOnlyMemory<byte> plain, CancellationToken cancel = default)
    {
        var key = await keys.ForScopeAsync(scope, cancel);
        var bytes = Aead.Seal(key.Bytes, plain.Span, Associated(place), Prefix);
        bytes[0] = Format;
        key.Id.TryWriteBytes(bytes.AsSpan(1));
        return bytes;
    }

    /// <summary>Ciphertext of a text; null stays null.</summary>
    public async ValueTask<byte[]?> EncryptTextAsync(KeyScope scope, FieldPlace place, string? plain, CancellationToken cancel = default) =>
        plain is null ? null : await EncryptAsync(scope, place, Encoding.UTF8.GetBytes(plain), cancel);

    /// <summary>Has the keys of all these values in memory afterwards, by one round trip or two instead of one for each patient.</summary>
    internal async ValueTask PrepareAsync(IEnumerable<byte[]?> sealedValues, CancellationToken cancel)
    {
        List<Task>? missing = null;
        foreach (var value in sealedValues)
        {
            if (value is { Length: >= Prefix } && new Guid(value.AsSpan(1, 16)) is var id && !keys.Holds(id))
            {
                (missing ??= []).Add(keys.ByIdAsync(id, cancel).AsTask());
            }
        }

        if (missing is not null)
        {
            await Task.WhenAll(missing);
        }
    }

    /// <summary>The plain bytes; null when the data key was destroyed. Throws <see cref="CryptographicException"/> on a changed or moved value.</summary>
    public async ValueTask<byte[]?> DecryptAsync(FieldPlace place, byte[] sealedBytes, CancellationToken cancel = default)
    {
        if (sealedBytes.Length < Prefix + 28 || sealedBytes[0] != Format)
        {
            throw new CryptographicException($"The value in {place.Column} has an unknown format.");
        }

        var key = await keys.ByIdAsync(new Guid(sealedBytes.AsSpan(1, 16)), cancel);
        return key is null ? null : Aead.Open(key.Bytes, sealedBytes.AsSpan(Prefix), Associated(place));
    }

    /// <summary>The plain text; null for NULL or when the data key was destroyed.</summary>
    public async ValueTask<string?> DecryptTextAsync(FieldPlace place, byte[]? sealedBytes, CancellationToken cancel = default) =>
        sealedBytes is null ? null : await DecryptAsync(place, sealedBytes, cancel) is { } plain ? Encoding.UTF8.GetString(plain) : null;

    private static byte[] Associated(FieldPlace place) => Encoding.UTF8.GetBytes($"{place.Column}|{place.Row}");
}
