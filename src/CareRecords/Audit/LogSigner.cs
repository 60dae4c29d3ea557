using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Protection;

namespace CareRecords.Audit;

/// <summary>A signed statement that the log had this root when it had this many entries.</summary>
public sealed record TreeHead(long Size, byte[] Root, DateTime At, string KeyId, byte[] Signature);

/// <summary>
/// Signs tree heads with ECDSA P-256 over SHA-256. The key is derived from the installation's master key file, so that it lies outside the
/// database; anyone with the public key can check a head.
/// </summary>
internal sealed class LogSigner : IDisposable
{
    private readonly ECDsa _key;

    public LogSigner(MasterKeys master)
    {
        // A derived value above the curve's order is as likely as guessing the key; the import would refuse it.
        _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = master.BlindIndex("access-log-signing", "p256 1") });
        KeyId = Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));
    }

    internal string KeyId { get; }

    /// <summary>For whoever checks exported heads elsewhere.</summary>
    internal string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    internal TreeHead Sign(long size, byte[] root, DateTime at)
    {
        // The database keeps microseconds; a finer instant would not verify after a round trip.
        at = new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
        return new TreeHead(size, root, at, KeyId, _key.SignData(Statement(size, root, at), HashAlgorithmName.SHA256));
    }

    internal bool Verify(TreeHead head) =>
        head.KeyId == KeyId && _key.VerifyData(Statement(head.Size, head.Root, head.At), head.Signature, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();

    private static byte[] Statement(long size, byte[] root, DateTime at) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"CareRecords access log head 1\n{size}\n{Convert.ToHexStringLower(root)}\n{at.ToUniversalTime():O}\n"));
}
