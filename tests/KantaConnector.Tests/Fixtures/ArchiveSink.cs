using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KantaConnector.Documents;
using KantaConnector.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KantaConnector.Tests.Fixtures;

/// <param name="Archived">False when the sink held the same document already, or refused it.</param>
internal sealed record Received(string MessageId, string Oid, string SetId, int Version, string ServiceEvent, string Type, string Sha256, bool Archived);


/// <summary>
/// Plays the archive over mutual TLS in the test's own process: keeps a ledger, answers like docs/simulator-wire.md, refuses a document twice,
/// and refuses a care document whose service event is unknown. A script may answer instead.
/// </summary>
internal sealed class ArchiveSink : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> archived = [];
    private readonly HashSet<string> serviceEvents = [];
    private readonly HashSet<string> messages = [];

    private ArchiveSink(X509Certificate2 certificate, int port, bool requireClient)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = requireClient ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        app = builder.Build();
        app.MapPost("/mr", Handle);
    }

    public ConcurrentQueue<Received> Ledger { get; } = new();
    public ConcurrentQueue<string> SoapActions { get; } = new();
    public ConcurrentDictionary<string, byte[]> Documents { get; } = new();
    public Func<HttpContext, ReadMessage, Task<bool>>? BeforeArchiving { get; set; }
    public Func<HttpContext, ReadMessage, Task<bool>>? AfterArchiving { get; set; }
    public Uri Address { get; private set; } = null!;
    public IEnumerable<Received> Accepted => Ledger.Where(received => received.Archived);

    public static async Task<ArchiveSink> Start(X509Certificate2 certificate, int port = 0, bool requireClient = true)
    {
        var sink = new ArchiveSink(certificate, port == 0 ? FreePort() : port, requireClient);
        await sink.app.StartAsync();
        var address = sink.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        sink.Address = new Uri(new Uri(address.Replace("[::1]", "localhost", StringComparison.Ordinal)), "/mr");
        return sink;
    }

    public static string Answer(string type, string target, params string[] codes) =>
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><MCCI_IN000002UV01 ITSVersion=\"XML_1.0\" xmlns=\"urn:hl7-org:v3\">"
        + $"<acknowledgement><typeCode code=\"{type}\"/><targetMessage><id root=\"{target}\"/></targetMessage>"
        + string.Concat(codes.Select(code => $"<acknowledgementDetail typeCode=\"E\"><code code=\"{code}\" codeSystem=\"2.25.1\"/><text>{code} text</text></acknowledgementDetail>"))
        + "</acknowledgement></MCCI_IN000002UV01></s:Body></s:Envelope>";

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Handle(HttpContext http)
    {
        SoapActions.Enqueue(http.Request.Headers["SOAPAction"].ToString());
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var message = MessageReader.Read(body.ToArray());
        if (BeforeArchiving is { } before && await before(http, message))
        {
            return;
        }
        var answer = Archive(message);
        if (AfterArchiving is { } after && await after(http, message))
        {
            return;
        }
        http.Response.ContentType = "text/xml; charset=utf-8";
        await http.Response.WriteAsync(answer);
    }

    private string Archive(ReadMessage message)
    {
        var root = SafeXml.Linq(message.Cda).Root!;
        System.Xml.Linq.XNamespace hl7 = "urn:hl7-org:v3", fi = "urn:hl7finland";
        string Of(System.Xml.Linq.XElement? e, string attribute) => (string?)e?.Attribute(attribute) ?? "";
        var oid = Of(root.Element(hl7 + "id"), "root");
        var sha = Convert.ToHexString(SHA256.HashData(message.Cda));
        var serviceEvent = Of(root.Descendants(hl7 + "encompassingEncounter").Single().Element(hl7 + "id"), "root");
        var type = Of(root.Element(fi + "localHeader")!.Element(fi + "documentType"), "code");
        lock (gate)
        {
            var codes = new List<string>();
            if (!messages.Add(message.MessageId!))
            {
                codes.Add("SIM-M04");
            }
            else if (archived.TryGetValue(oid, out var known))
            {
                codes.Add(known == sha ? "SIM-V10" : "SIM-V11");
            }
            else if (type != "4" && !serviceEvents.Contains(serviceEvent))
            {
                codes.Add("SIM-V20");
            }
            else
            {
                archived[oid] = sha;
                Documents[oid] = message.Cda;
                if (type == "4")
                {
                    serviceEvents.Add(serviceEvent);
                }
            }
            Ledger.Enqueue(new Received(message.MessageId!, oid, Of(root.Element(hl7 + "setId"), "root"),
                int.Parse(Of(root.Element(hl7 + "versionNumber"), "value"), System.Globalization.CultureInfo.InvariantCulture), serviceEvent, type, sha, codes.Count == 0));
            return Answer(codes.Count == 0 ? "AA" : codes[0] == "SIM-M04" ? "AR" : "AE", message.MessageId!, [.. codes]);
        }
    }
}
