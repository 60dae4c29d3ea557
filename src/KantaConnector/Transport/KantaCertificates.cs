using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace KantaConnector.Transport;

/// <summary>The certificates of the connector, each read again when its file changes.</summary>
internal sealed class KantaCertificates(IOptions<KantaOptions> options, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CertificateFile> clients = Own(options, clock, party => party.ClientCertificate);
    private readonly Dictionary<string, CertificateFile> signers = Own(options, clock, party => party.SigningCertificate.File.Length > 0 ? party.SigningCertificate : party.ClientCertificate);
    private (DateTime, long) authoritiesStamp;
    private X509Certificate2Collection authorities = [];

    public CertificateFile Client { get; } = new(options.Value.ClientCertificate, clock);

    public CertificateFile Signing { get; } =
        new(options.Value.SigningCertificate.File.Length > 0 ? options.Value.SigningCertificate : options.Value.ClientCertificate, clock);

    /// <summary>Controllers with certificates of their own, by OID: for each its client's and its signer's.</summary>
    public IEnumerable<(string ControllerOid, CertificateFile Client, CertificateFile Signing)> OfControllers =>
        signers.Keys.Select(oid => (oid, ClientOf(oid), signers[oid]));

    public CertificateFile ClientOf(string controllerOid) => clients.GetValueOrDefault(controllerOid, Client);

    public CertificateFile SigningOf(string controllerOid) => signers.GetValueOrDefault(controllerOid, Signing);

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
        foreach (var file in clients.Values.Concat(signers.Values))
        {
            file.Dispose();
        }
    }

    private static Dictionary<string, CertificateFile> Own(IOptions<KantaOptions> options, TimeProvider clock, Func<ControllerParty, CertificateSource> source) =>
        options.Value.Controllers.Where(party => source(party).File.Length > 0).ToDictionary(party => party.ControllerOid, party => new CertificateFile(source(party), clock));

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
