using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KantaSimulator.Hosting;

namespace KantaSimulator.Tests.Samples;

/// <summary>A simulator in this process on free ports and a folder of its own, with a connector's client certificate.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    private static readonly string Certificates = Path.Combine(Path.GetTempPath(), $"sim-certs-{Environment.ProcessId}-{Guid.NewGuid():n}");

    private readonly bool keep;

    private RunningSimulator(Simulator simulator, string folder, bool keep)
    {
        Simulator = simulator;
        Folder = folder;
        this.keep = keep;
        Connector = NewConnector();
        Web = new HttpClient { BaseAddress = simulator.Web };
    }

    public Simulator Simulator { get; }
    public string Folder { get; }
    public HttpClient Connector { get; }
    public HttpClient Web { get; }

    public static X509Certificate2 SystemCertificate { get; } = MakeSystem();

    public static X509Certificate2 Authority { get; } = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Certificates, "ca.pem"));

    public static Signer Signer { get; } = new(SystemCertificate);

    public static string CertificateFolder => Certificates;

    public static Task<RunningSimulator> StartAsync(params string[] options) => StartAsync(null, TimeProvider.System, options);

    public static async Task<RunningSimulator> StartAsync(string? folder, TimeProvider clock, params string[] options)
    {
        var data = folder ?? Path.Combine(Path.GetTempPath(), $"sim-{Guid.NewGuid():n}");
        var read = OptionsReader.Read(["--data", data, "--dev-certs", Certificates, .. options], new Dictionary<string, string>());
        return new RunningSimulator(await Simulator.StartAsync(read, clock), data, folder is not null);
    }

    public static HttpClient NewConnector(X509Certificate2? certificate = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions =
        {
            ClientCertificates = [certificate ?? SystemCertificate],
            RemoteCertificateValidationCallback = (_, server, chain, errors) =>
            {
                if (server is null || (errors & System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
                    return false;
                chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.Add(Authority);
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                return chain.Build((X509Certificate2)server);
            },
        },
    })
    { Timeout = TimeSpan.FromSeconds(20) };

    public async Task<Ack> SendAsync(string message)
    {
        using var response = await PostAsync(MessageParts.Envelope(message));
        Assert.Equal(200, (int)response.StatusCode);
        return Ack.Read(await response.Content.ReadAsByteArrayAsync());
    }

    public Task<Ack> SendAsync(OwnSample sample) => SendAsync(sample.Compose(Signer));

    public Task<HttpResponseMessage> PostAsync(string body, string contentType = "text/xml", HttpClient? connector = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Simulator.Mr) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        request.Headers.Add("SOAPAction", "\"\"");
        return (connector ?? Connector).SendAsync(request);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Web.GetAsync(path);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public async Task FaultsAsync(params object[] faults)
    {
        using var response = await Web.PostAsJsonAsync("api/faults", new { faults });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Connector.Dispose();
        Web.Dispose();
        await Simulator.DisposeAsync();
        if (!keep)
            Directory.Delete(Folder, recursive: true);
    }

    private static X509Certificate2 MakeSystem()
    {
        DevCertificates.Ensure(Certificates, TimeProvider.System);
        return X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Certificates, "client.pfx"), null);
    }
}
