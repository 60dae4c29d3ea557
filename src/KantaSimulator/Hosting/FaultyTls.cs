using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KantaSimulator.Faults;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KantaSimulator.Hosting;

/// <summary>TLS handshakes: as they should be, or as a <c>tls</c> fault says (F16 kinds).</summary>
internal sealed class FaultyTls(SimulatorOptions options, Certificates certificates, ClientCertificateCheck clients, FaultBoard board, TimeProvider clock)
{
    private readonly SslStreamCertificateContext right = SslStreamCertificateContext.Create(certificates.Server, null, offline: true);
    private readonly Dictionary<string, SslStreamCertificateContext> wrong = [];

    public TlsHandshakeCallbackOptions Callback => new() { HandshakeTimeout = TimeSpan.FromMinutes(5), OnConnection = ConnectAsync };

    private async ValueTask<SslServerAuthenticationOptions> ConnectAsync(TlsHandshakeCallbackContext context)
    {
        var fault = board.TakeConnection("tls");
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = right,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => fault?.Variant != "client-refused"
                && (!options.RefuseClientInHandshake || clients.Judge(certificate as X509Certificate2) is null),
        };
        switch (fault?.Variant)
        {
            case null or "client-refused":
                break;
            case "hang":
                await board.WaitAsync(Timeout.InfiniteTimeSpan, context.CancellationToken);
                RawConnection.End(context.Connection, reset: true);
                break;
            case "reset":
                RawConnection.End(context.Connection, reset: true);
                break;
            case "garbage":
                context.Connection.Features.Get<IConnectionSocketFeature>()?.Socket.Send(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                RawConnection.End(context.Connection, reset: false);
                break;
            case "tls11":
#pragma warning disable SYSLIB0039, CA5397 // The fault is that the server offers nothing newer.
                tls.EnabledSslProtocols = SslProtocols.Tls11;
#pragma warning restore SYSLIB0039, CA5397
                break;
            case var variant:
                tls.ServerCertificateContext = Wrong(variant);
                break;
        }

        return tls;
    }

    private SslStreamCertificateContext Wrong(string variant)
    {
        lock (wrong)
        {
            if (!wrong.TryGetValue(variant, out var context))
                wrong[variant] = context = SslStreamCertificateContext.Create(Make(variant), null, offline: true);
            return context;
        }
    }

    // Made on demand. With a development set the CA is the real one, so that only the one thing is wrong.
    private X509Certificate2 Make(string variant)
    {
        var now = clock.GetUtcNow();
        if (variant == "self-signed")
        {
            using var key = RSA.Create(2048);
            return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        }

        using var authority = variant != "wrong-ca" && options.DevCerts is { } folder && File.Exists(Path.Combine(folder, "ca-key.pem"))
            ? X509Certificate2.CreateFromPemFile(Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca-key.pem"))
            : DevCertificates.MakeAuthority("CN=A CA that nobody trusts", now.AddDays(-60));
        return variant switch
        {
            "server-expired" => DevCertificates.MakeServer(authority, now.AddHours(-20), now.AddHours(-1), "localhost"),
            "server-not-yet-valid" => DevCertificates.MakeServer(authority, now.AddDays(1), now.AddDays(2), "localhost"),
            "wrong-name" => DevCertificates.MakeServer(authority, now.AddHours(-1), now.AddDays(2), "kanta.invalid"),
            _ => DevCertificates.MakeServer(authority, now.AddHours(-1), now.AddDays(2), "localhost"),
        };
    }
}
