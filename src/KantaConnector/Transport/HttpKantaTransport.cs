using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KantaConnector.Appointments;
using Microsoft.Extensions.Options;

namespace KantaConnector.Transport;

/// <summary>
/// SOAP 1.1 by POST over mutual TLS. The server's certificate must come from a CA of the configured file and carry the right name; the
/// client certificate is asked for at each handshake, and connections are short-lived, so that a renewed one comes into use by itself.
/// </summary>
internal sealed class HttpKantaTransport : IKantaTransport, IDisposable
{
    private readonly KantaOptions options;
    private readonly KantaCertificates certificates;
    private readonly TimeProvider clock;
    private readonly HttpClient client;
    private readonly Dictionary<string, HttpClient> own;
    private readonly HttpClient appointments;
    private readonly Dictionary<string, HttpClient> ownAppointments;

    public HttpKantaTransport(IOptions<KantaOptions> options, KantaCertificates certificates, TimeProvider clock)
    {
        this.options = options.Value;
        this.certificates = certificates;
        this.clock = clock;
        client = Client(certificates.Client, this.options.Parallelism);
        own = certificates.OfControllers.ToDictionary(controller => controller.ControllerOid, controller => Client(controller.Client, this.options.Parallelism));
        appointments = Client(certificates.Client, this.options.Appointments.Parallelism);
        ownAppointments = certificates.OfControllers.ToDictionary(
            controller => controller.ControllerOid, controller => Client(controller.Client, this.options.Appointments.Parallelism));
    }

    private HttpClient Client(CertificateFile file, int parallelism) => new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = parallelism,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxResponseHeadersLength = 32,
        // A handshake that hangs would hold its place among the connections for ever: the request that wanted it is gone long before.
        ConnectTimeout = options.TotalTimeout,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => file.Current().Certificate?.Certificate!,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate as X509Certificate2, chain, errors),
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<TransportAnswer> Send(ReadOnlyMemory<byte> message, string? controllerOid, CancellationToken cancellation)
    {
        if (options.Endpoint is not { } endpoint)
        {
            return new TransportAnswer.NotSent("no address is configured (Kanta:Endpoint)");
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ReadOnlyMemoryContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
        request.Headers.TryAddWithoutValidation("SOAPAction", options.SoapAction.Length > 0 ? options.SoapAction : "\"\"");
        return await Answer(controllerOid is null ? client : own.GetValueOrDefault(controllerOid, client), request, null, cancellation);
    }

    public async Task<TransportAnswer> Exchange(string path, ReadOnlyMemory<byte>? body, string requestId, string? controllerOid, CancellationToken cancellation)
    {
        if (options.Appointments.Endpoint is not { } endpoint)
        {
            return new TransportAnswer.NotSent("no address is configured (Kanta:Appointments:Endpoint)");
        }
        var address = endpoint.ToString().TrimEnd('/');
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path.Length == 0 ? address : $"{address}/{path}");
        if (body is { } content)
        {
            request.Content = new ReadOnlyMemoryContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json", "utf-8");
        }
        request.Headers.TryAddWithoutValidation("Accept", "application/fhir+json");
        request.Headers.TryAddWithoutValidation("X-Request-Id", requestId);
        foreach (var (name, value) in options.Appointments.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        if (options.Appointments.Token is { Header.Length: > 0 } token)
        {
            var signing = controllerOid is null ? certificates.Signing : certificates.SigningOf(controllerOid);
            if (signing.Current().Certificate is not { } certificate)
            {
                return new TransportAnswer.NotSent("no certificate to sign the token with");
            }
            var issuer = controllerOid is not null && options.Party(controllerOid) is { SenderOid.Length: > 0 } party ? party.SenderOid : options.SenderOid;
            request.Headers.TryAddWithoutValidation(token.Header, token.Prefix + AppointmentToken.Write(token, issuer, requestId, certificate, clock.GetUtcNow()));
        }
        return await Answer(controllerOid is null ? appointments : ownAppointments.GetValueOrDefault(controllerOid, appointments), request, requestId, cancellation);
    }

    private async Task<TransportAnswer> Answer(HttpClient client, HttpRequestMessage request, string? requestId, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.TotalTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await ReadBody(response, both.Token);
            return body is null ? new TransportAnswer.Lost($"the answer is longer than {options.MaxAnswerBytes} bytes")
                : requestId is not null && response.Headers.TryGetValues("X-Correlation-Id", out var answers) && answers.Any(id => id != requestId)
                    ? new TransportAnswer.Lost("the answer belongs to another request (X-Correlation-Id)")
                : new TransportAnswer.Answered((int)response.StatusCode, body.Value, RetryAfter(response));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new TransportAnswer.Lost($"no whole answer within {options.TotalTimeout.TotalSeconds:0} s");
        }
        catch (OperationCanceledException error) when (error.InnerException is TimeoutException && !cancellation.IsCancellationRequested)
        {
            return new TransportAnswer.NotSent($"no connection within {options.TotalTimeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException error) when (error.HttpRequestError is
            HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            return new TransportAnswer.NotSent(Describe(error));
        }
        catch (HttpRequestException error)
        {
            return new TransportAnswer.Lost(Describe(error));
        }
        catch (IOException error)
        {
            return new TransportAnswer.Lost($"the connection broke: {error.Message}");
        }
    }

    public void Dispose()
    {
        client.Dispose();
        appointments.Dispose();
        foreach (var other in own.Values.Concat(ownAppointments.Values))
        {
            other.Dispose();
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReadBody(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[Math.Min(16 * 1024, options.MaxAnswerBytes)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }
            length += read;
            if (length == buffer.Length)
            {
                if (length >= options.MaxAnswerBytes)
                {
                    return null;
                }
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, options.MaxAnswerBytes));
            }
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };

    private bool IsTrusted(X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        var trusted = certificates.ServerAuthorities();
        if (certificate is null || trusted.Count == 0 || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return false;
        }
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(certificate);
    }

    private static string Describe(HttpRequestException error) =>
        error.InnerException is { } inner ? $"{error.HttpRequestError}: {inner.Message}" : $"{error.HttpRequestError}: {error.Message}";
}
