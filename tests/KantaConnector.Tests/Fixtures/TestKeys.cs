using System.Security.Cryptography;

namespace KantaConnector.Tests.Fixtures;

/// <summary>RSA keys made once a run: making one takes longer than most tests.</summary>
internal static class TestKeys
{
    private static readonly Lazy<byte[]> Authority = new(Make);
    private static readonly Lazy<byte[]> Holder = new(Make);

    public static RSA OfAuthority() => Import(Authority.Value);

    public static RSA OfHolder() => Import(Holder.Value);

    private static byte[] Make()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKey();
    }

    private static RSA Import(byte[] pkcs8)
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }
}
