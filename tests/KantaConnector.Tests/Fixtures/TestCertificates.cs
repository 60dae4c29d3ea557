using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KantaConnector.Tests.Fixtures;

/// <summary>A throw-away CA that issues certificates into a folder of its own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly RSA caKey;
    private readonly X509Certificate2 ca;

    /// <param name="ownKey">For a second authority that the first must not vouch for.</param>
    public TestCertificates(bool ownKey = false)
    {
        caKey = ownKey ? RSA.Create(2048) : TestKeys.OfAuthority();
        Folder = Directory.CreateTempSubdirectory("kanta-certificates-").FullName;
        var request = new CertificateRequest("CN=Test CA", caKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        ca = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2060, 1, 1, 0, 0, 0, TimeSpan.Zero));
        CaFile = Path.Combine(Folder, "ca.pem");
        File.WriteAllText(CaFile, ca.ExportCertificatePem());
    }

    public string Folder { get; }
    public string CaFile { get; }

    public X509Certificate2 Issue(string name, string usage, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = TestKeys.OfHolder();
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(ca, from ?? new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero),
            until ?? new DateTimeOffset(2050, 1, 1, 0, 0, 0, TimeSpan.Zero), RandomNumberGenerator.GetBytes(8));
        using var both = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public X509Certificate2 Server(string name = "localhost", DateTimeOffset? until = null) => Issue(name, "1.3.6.1.5.5.7.3.1", until: until);

    /// <summary>Writes a client certificate in the three forms that settings may name.</summary>
    public CertificateSource Client(string form = "pem", DateTimeOffset? from = null, DateTimeOffset? until = null, string file = "client")
    {
        using var certificate = Issue("system", "1.3.6.1.5.5.7.3.2", from, until);
        var path = Path.Combine(Folder, file);
        var key = certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
        switch (form)
        {
            case "p12":
                File.WriteAllBytes(path + ".p12", certificate.Export(X509ContentType.Pkcs12, "secret"));
                return new CertificateSource { File = path + ".p12", Password = "secret" };
            case "pem with key":
                File.WriteAllText(path + ".pem", certificate.ExportCertificatePem() + "\n" + key);
                return new CertificateSource { File = path + ".pem" };
            default:
                File.WriteAllText(path + "-key.pem", key);
                File.WriteAllText(path + ".pem", certificate.ExportCertificatePem());
                return new CertificateSource { File = path + ".pem", KeyFile = path + "-key.pem" };
        }
    }

    public void Dispose()
    {
        ca.Dispose();
        caKey.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
