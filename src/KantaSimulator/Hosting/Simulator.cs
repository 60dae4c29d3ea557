using System.Net;
using KantaSimulator.Archive;
using KantaSimulator.Checks;
using KantaSimulator.Message;
using KantaSimulator.Signature;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace KantaSimulator.Hosting;

/// <summary>One running simulator: archive, both ports. Tests start it in-process; the executable is a thin shell around it.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    private readonly ArchiveService archive;
    private readonly WebApplication mtls;
    private readonly WebApplication web;

    private Simulator(ArchiveService archive, WebApplication mtls, WebApplication web)
    {
        this.archive = archive;
        this.mtls = mtls;
        this.web = web;
    }

    /// <summary>Bytes of an incomplete last ledger line that were cut off at start.</summary>
    public long DroppedBytes => archive.DroppedBytes;

    public Uri Mr => new(Address(mtls), "mr");

    public Uri Fhir => new(Address(mtls), "appointment/R4");

    public Uri Web => Address(web);

    /// <exception cref="OptionException">Certificates or ports cannot be used.</exception>
    /// <exception cref="Ledger.LedgerException">The ledger is damaged or in use.</exception>
    public static async Task<Simulator> StartAsync(SimulatorOptions options, TimeProvider clock)
    {
        var certificates = Certificates.Load(options, clock);
        var clients = new ClientCertificateCheck(certificates.ClientAuthorities, clock);
        var archive = new ArchiveService(options, clock);
        var examiner = new Examiner(options, new SystemSignature(certificates.ClientAuthorities, clock), clock);
        var mr = new MrEndpoint(options, clients, examiner, archive, new AnswerWriter(options.Party, clock));
        var simulator = new Simulator(archive, MtlsHost.Build(options, certificates, clients, mr), WebHost.Build(options, archive));
        try
        {
            await simulator.web.StartAsync();
            await simulator.mtls.StartAsync();
            return simulator;
        }
        catch (IOException e)
        {
            await simulator.DisposeAsync();
            throw new OptionException(e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Requests under way are answered before the ledger closes.
        foreach (var app in new[] { mtls, web })
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }

        await archive.DisposeAsync();
    }

    private static Uri Address(WebApplication app)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return address.Host is "0.0.0.0" or "[::]" ? new UriBuilder(address) { Host = IPAddress.Loopback.ToString() }.Uri : address;
    }
}
