using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KantaSimulator.Hosting;

/// <summary>The port that connectors speak to: HTTP/1.1 over mutual TLS.</summary>
internal static class MtlsHost
{
    public static WebApplication Build(SimulatorOptions options, Certificates certificates, ClientCertificateCheck clients, MrEndpoint mr)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(options.Bind, options.MtlsPort, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(Tls(certificates, clients, options));
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        app.Map("/mr", mr.HandleAsync);
        return app;
    }

    private static TlsHandshakeCallbackOptions Tls(Certificates certificates, ClientCertificateCheck clients, SimulatorOptions options)
    {
        var context = SslStreamCertificateContext.Create(certificates.Server, null, offline: true);
        return new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = TimeSpan.FromSeconds(30),
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => !options.RefuseClientInHandshake || clients.Judge(certificate as X509Certificate2) is null,
            }),
        };
    }
}
