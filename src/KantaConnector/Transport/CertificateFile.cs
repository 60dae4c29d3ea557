using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KantaConnector.Signing;

namespace KantaConnector.Transport;

internal enum CertificateStatus
{
    /// <summary>No file is named in the settings, or it does not exist.</summary>
    Missing,

    /// <summary>The file cannot be read as a certificate with an RSA key.</summary>
    Unreadable,
    NotYetValid,
    Expired,
    Valid,
}

/// <param name="Certificate">Given whenever it could be read, expired ones too.</param>
/// <param name="Reason">Plain English for logs and pages; empty when valid.</param>
internal sealed record CertificateState(CertificateStatus Status, SystemCertificate? Certificate, string Reason)
{
    public bool IsUsable => Status == CertificateStatus.Valid;

    /// <summary>Days until expiry: 30, 7 or 1 when it is time to warn (F16), otherwise empty.</summary>
    public int? WarnAt(DateTimeOffset now)
    {
        if (Status != CertificateStatus.Valid)
        {
            return null;
        }
        var left = Certificate!.Certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;
        return left.TotalDays switch { <= 1 => 1, <= 7 => 7, <= 30 => 30, _ => null };
    }
}

/// <summary>
/// A certificate that is read again when its files change, so that a renewed one is used without a restart. Files are compared by time and
/// length at most once a second: watchers miss the swapped symbolic links by which certificates are commonly renewed.
/// </summary>
internal sealed class CertificateFile(CertificateSource source, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private (DateTime, long, DateTime, long) stamp;
    private DateTimeOffset looked = DateTimeOffset.MinValue;
    private SystemCertificate? certificate;
    private string unreadable = "";

    public bool IsConfigured => source.File.Length > 0;

    public CertificateState Current()
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (now - looked >= TimeSpan.FromSeconds(1) || now < looked)
            {
                looked = now;
                Reload();
            }
            if (certificate is null)
            {
                return unreadable.Length > 0
                    ? new CertificateState(CertificateStatus.Unreadable, null, unreadable)
                    : new CertificateState(CertificateStatus.Missing, null, "no certificate file");
            }
            var (from, until) = (certificate.Certificate.NotBefore.ToUniversalTime(), certificate.Certificate.NotAfter.ToUniversalTime());
            return now.UtcDateTime < from ? new CertificateState(CertificateStatus.NotYetValid, certificate, $"the certificate is valid from {from:yyyy-MM-dd HH:mm} UTC")
                : now.UtcDateTime > until ? new CertificateState(CertificateStatus.Expired, certificate, $"the certificate expired on {until:yyyy-MM-dd HH:mm} UTC")
                : new CertificateState(CertificateStatus.Valid, certificate, "");
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            certificate?.Dispose();
        }
    }

    private void Reload()
    {
        var (file, key) = (new FileInfo(Or(source.File)), new FileInfo(Or(source.KeyFile)));
        if (!file.Exists)
        {
            certificate = null;
            unreadable = "";
            stamp = default;
            return;
        }
        var current = (file.LastWriteTimeUtc, file.Length, key.Exists ? key.LastWriteTimeUtc : default, key.Exists ? key.Length : 0);
        if (current == stamp)
        {
            return;
        }
        stamp = current;
        try
        {
            // The certificate before is left to the connections and signatures that still use it.
            certificate = new SystemCertificate(Load());
            unreadable = "";
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A renewal writes two files, one after the other: the pair before stays in use until the new one is whole.
            unreadable = $"the certificate cannot be read: {error.Message}";
            stamp = default;
        }
    }

    private X509Certificate2 Load()
    {
        if (Path.GetExtension(source.File) is ".p12" or ".pfx")
        {
            return X509CertificateLoader.LoadPkcs12FromFile(source.File, source.Password);
        }
        var keyFile = source.KeyFile.Length > 0 ? source.KeyFile : source.File;
        using var pem = source.Password.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(source.File, source.Password, keyFile)
            : X509Certificate2.CreateFromPemFile(source.File, keyFile);
        // A TLS client key must not be ephemeral on every platform; a round trip through PKCS#12 makes it one that all accept.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string Or(string path) => path.Length > 0 ? path : Path.Combine(Path.GetTempPath(), "-");
}
