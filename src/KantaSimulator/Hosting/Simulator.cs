using System.Net;
using KantaSimulator.Appointments;
using KantaSimulator.Archive;
using KantaSimulator.Checks;
using KantaSimulator.Faults;
using KantaSimulator.Message;
using KantaSimulator.Signature;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace KantaSimulator.Hosting;

/// <summary>One running simulator: archive, both ports. Tests start it in-process; the executable is a thin shell around it.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    private readonly ArchiveService archive;
    private readonly FaultBoard board;
    private readonly WebApplication mtls;
    private readonly WebApplication web;

    private Simulator(ArchiveService archive, FaultBoard board, WebApplication mtls, WebApplication web)
    {
        this.archive = archive;
        this.board = board;
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
        var board = new FaultBoard();
        board.Set(SpecifiedFaults(options));
        var answers = new AnswerWriter(options.Party, clock);
        var sender = new FaultSender(board, clock);
        var mr = new MrEndpoint(options, clients, examiner, archive, answers, new Retrieval(archive, answers, clock), board, sender);
        var appointments = new AppointmentEndpoint(options, clients, archive, new BundleSignature(certificates.ClientAuthorities), board, sender);
        var tls = new FaultyTls(options, certificates, clients, board, clock);
        Simulator? started = null;
        var simulator = started = new Simulator(archive, board, MtlsHost.Build(options, board, tls, app =>
        {
            app.Map("/mr", mr.HandleAsync);
            appointments.Map(app);
        }), WebHost.Build(options, archive, board, () => (started!.Mr, started.Fhir)));
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
        // Nothing hangs on purpose any more, and requests under way are answered before the ledger closes.
        board.Set([]);
        foreach (var app in new[] { mtls, web })
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }

        await archive.DisposeAsync();
        board.Dispose();
    }

    private static List<Fault> SpecifiedFaults(SimulatorOptions options)
    {
        try
        {
            return [.. options.Faults.Select(FaultParser.ParseSpec)];
        }
        catch (FormatException e)
        {
            throw new OptionException($"--fault: {e.Message}");
        }
    }

    private static Uri Address(WebApplication app)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return address.Host is "0.0.0.0" or "[::]" ? new UriBuilder(address) { Host = IPAddress.Loopback.ToString() }.Uri : address;
    }
}
