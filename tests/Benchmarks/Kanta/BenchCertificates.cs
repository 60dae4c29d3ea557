using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Benchmarks.Kanta;

/// <summary>A throw-away CA with a server and a client certificate of RSA 2048, as the archive's would be.</summary>
internal sealed class BenchCertificates
{
    private BenchCertificates(string folder) => Folder = folder;

    public string Folder { get; }

    public string CaFile => Path.Combine(Folder, "ca.pem");

    public string ServerFile => Path.Combine(Folder, "server.pfx");

    public string ClientFile => Path.Combine(Folder, "client.pfx");

    public static BenchCertificates Make(string folder)
    {
        Directory.CreateDirectory(folder);
        var made = new BenchCertificates(folder);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Bench CA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var ca = request.CreateSelfSigned(from, from.AddYears(2));
        File.WriteAllText(made.CaFile, ca.ExportCertificatePem());
        File.WriteAllBytes(made.ServerFile, Issue(ca, "localhost", "1.3.6.1.5.5.7.3.1"));
        File.WriteAllBytes(made.ClientFile, Issue(ca, "system", "1.3.6.1.5.5.7.3.2"));
        return made;
    }

    private static byte[] Issue(X509Certificate2 ca, string name, string usage)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(ca, ca.NotBefore, ca.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var both = issued.CopyWithPrivateKey(key);
        return both.Export(X509ContentType.Pkcs12);
    }
}
