using System.Security.Cryptography;

namespace CareRecords.Protection;

/// <summary>AES-256-GCM with a random nonce: nonce (12) · ciphertext · tag (16).</summary>
internal static class Aead
{
    private const int Nonce = 12;
    private const int Tag = 16;

    internal static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, int prefix = 0)
    {
        var sealedBytes = new byte[prefix + Nonce + plain.Length + Tag];
        var body = sealedBytes.AsSpan(prefix);
        RandomNumberGenerator.Fill(body[..Nonce]);
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(body[..Nonce], plain, body.Slice(Nonce, plain.Length), body[^Tag..], associated);
        return sealedBytes;
    }

    internal static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        var plain = new byte[sealedBytes.Length - Nonce - Tag];
        using var aes = new AesGcm(key, Tag);
        aes.Decrypt(sealedBytes[..Nonce], sealedBytes[Nonce..^Tag], sealedBytes[^Tag..], plain, associated);
        return plain;
    }
}
