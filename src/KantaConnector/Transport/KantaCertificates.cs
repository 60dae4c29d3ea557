using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace KantaConnector.Transport;

/// <summary>The certificates of the connector, each read again when its file changes.</summary>
internal sealed class KantaCertificates(IOptions<KantaOptions> options, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private (DateTime, long) authoritiesStamp;
    private X509Certificate2Collection authorities = [];

    public CertificateFile Client { get; } = new(options.Value.ClientCertificate, clock);

    public CertificateFile Signing { get; } =
        new(options.Value.SigningCertificate.File.Length > 0 ? options.Value.SigningCertificate : options.Value.ClientCertificate, clock);

    /// <summary>Why nothing can be sent now; empty when both certificates serve.</summary>
    public string WhyNot()
    {
        var (client, signing) = (Client.Current(), Signing.Current());
        return !signing.IsUsable ? $"signing: {signing.Reason}" : !client.IsUsable ? $"TLS client: {client.Reason}" : "";
    }

    public void Dispose()
    {
        Client.Dispose();
        Signing.Dispose();
    }

    /// <summary>CAs of the archive's server; none when the file is missing or unreadable, so that no server is trusted.</summary>
    public X509Certificate2Collection ServerAuthorities()
    {
        lock (gate)
        {
            var file = options.Value.ServerCaFile.Length > 0 ? new FileInfo(options.Value.ServerCaFile) : null;
            var stamp = file is { Exists: true } ? (file.LastWriteTimeUtc, file.Length) : default;
            if (stamp != authoritiesStamp)
            {
                authoritiesStamp = stamp;
                authorities = [];
                if (file is { Exists: true })
                {
                    try
                    {
                        authorities.ImportFromPemFile(file.FullName);
                    }
                    catch (CryptographicException)
                    {
                        // Half-written: an empty list trusts nobody, and the next handshake reads again.
                        authorities = [];
                        authoritiesStamp = default;
                    }
                }
            }
            return authorities;
        }
    }
}
