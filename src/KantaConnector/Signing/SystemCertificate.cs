using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KantaConnector.Signing;

/// <summary>A certificate with its RSA key, ready for signing; its base64 form is made once.</summary>
internal sealed class SystemCertificate : IDisposable
{
    public SystemCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Key = certificate.GetRSAPrivateKey() ?? throw new CryptographicException("The system certificate has no RSA private key.");
        Base64 = Convert.ToBase64String(certificate.RawData);
    }

    public X509Certificate2 Certificate { get; }
    public RSA Key { get; }
    public string Base64 { get; }

    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
    }
}
