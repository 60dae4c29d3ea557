using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KantaSimulator.Hosting;

/// <summary>
/// A development CA, a server certificate for this machine and a system certificate for a connector, made once into a folder. Nobody else trusts
/// them; the keys are unprotected files readable by their owner.
/// </summary>
internal static class DevCertificates
{
    /// <summary>Organisation OID in the system certificate's subject, as real system certificates carry it; an OID for examples, nobody's.</summary>
    public const string Organisation = "1.2.246.10.99999991.10.0";

    public static void Ensure(string folder, TimeProvider clock)
    {
        if (File.Exists(Path.Combine(folder, "client.pfx")))
            return;
        Directory.CreateDirectory(folder);
        var now = clock.GetUtcNow();
        using var authority = MakeAuthority("CN=KantaSimulator development CA, O=KantaSimulator, C=FI", now);
        using var server = MakeServer(authority, now.AddDays(-1), now.AddYears(2), "localhost");
        using var client = MakeSystem(authority, now.AddDays(-1), now.AddYears(2));

        Write(folder, "ca.pem", authority.ExportCertificatePem());
        WriteKey(folder, "ca-key.pem", authority);
        Write(folder, "server.pfx", server.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, null));
        Write(folder, "client.pem", client.ExportCertificatePem());
        WriteKey(folder, "client-key.pem", client);
        Write(folder, "client.pfx", client.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, null));
    }

    public static X509Certificate2 MakeAuthority(string name, DateTimeOffset now)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }

    public static X509Certificate2 MakeServer(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to, string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}, O=KantaSimulator, C=FI", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return Issue(request, authority, key, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, from, to);
    }

    /// <summary>A system certificate in the shape of the published sample's: organisation OID as serialNumber, system name as CN.</summary>
    public static X509Certificate2 MakeSystem(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN=Potilastietojärjestelmä, SERIALNUMBER={Organisation}, O=Development practice, C=FI", key,
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return Issue(request, authority, key, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, from, to);
    }

    private static X509Certificate2 Issue(CertificateRequest request, X509Certificate2 authority, RSA key, X509KeyUsageFlags usage, DateTimeOffset from, DateTimeOffset to)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var issued = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(12));
        return issued.CopyWithPrivateKey(key);
    }

    private static void WriteKey(string folder, string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPrivateKey()!;
        Write(folder, name, key.ExportPkcs8PrivateKeyPem());
    }

    private static void Write(string folder, string name, string text) => Write(folder, name, System.Text.Encoding.ASCII.GetBytes(text));

    private static void Write(string folder, string name, byte[] bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(Path.Combine(folder, name), options);
        file.Write(bytes);
    }
}
