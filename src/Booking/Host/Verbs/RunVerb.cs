using Booking.Host.Database;
using Booking.Host.Demo;
using Booking.Host.Web;
using Npgsql;

namespace Booking.Host.Verbs;

internal static class RunVerb
{
    public static Verb Verb { get; } = new(
        "run",
        "run [--demo] [--simulator KantaSimulator.dll]",
        "Runs the web application, the workers and, without a connection string, PostgreSQL.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var settings = context.Settings();
        var embedded = settings.Configuration.GetConnectionString("CareRecords") is not { Length: > 0 };
        await using var access = await OpenPractice.PrepareAsync(settings, migrate: embedded, context.Cancel);
        await using (var dataSource = NpgsqlDataSource.Create(access.Application))
        {
            await ProductionCheck.RequireAsync(settings, dataSource, context.Cancel);
        }

        await using var simulator = context.Arguments.Value("simulator") is { Length: > 0 } program
            ? await StartSimulatorAsync(settings, program, context.Cancel)
            : null;
        var demo = context.Arguments.Has("demo");
        await using var app = WebApp.Build(settings, access, b =>
        {
            if (demo && settings.Configuration.GetValue("Demo:Visits", true))
            {
                b.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<DemoLife>(s, new DemoLife.Archive(simulator?.Web)));
            }
        });
        if (demo)
        {
            await DemoPractice.SeedAsync(app.Services, context.Cancel);
        }

        await app.StartAsync(context.Cancel);
        await PrintAsync(context, settings, app, simulator);
        await WaitAsync(context.Cancel);
        await context.Out.WriteLineAsync("Stopping: requests and documents under way are finished first.");
        await app.StopAsync(CancellationToken.None);
        return ExitCode.Ok;
    }

    /// <summary>Starts the simulator in the data folder and points the connector at it.</summary>
    public static async Task<SimulatorProcess> StartSimulatorAsync(HostSettings settings, string program, CancellationToken cancel)
    {
        var certificates = Path.Combine(settings.Folder, "certificates");
        var simulator = await SimulatorProcess.StartAsync(
            Path.GetFullPath(program), Path.Combine(settings.Folder, "simulator"), certificates, settings.Configuration, cancel);
        settings.Configuration["Kanta:Endpoint"] = simulator.Messages.ToString();
        settings.Configuration["Kanta:Appointments:Endpoint"] = simulator.Appointments.ToString();
        settings.Configuration["Kanta:SenderOid"] ??= DemoPractice.OrganizationOid;
        settings.Configuration["Kanta:ClientCertificate:File"] = Path.Combine(certificates, "client.pfx");
        settings.Configuration["Kanta:ServerCaFile"] = Path.Combine(certificates, "ca.pem");
        BesideSimulator.Write(settings, simulator.Id);
        return simulator;
    }

    private static async Task PrintAsync(VerbContext context, HostSettings settings, WebApplication app, SimulatorProcess? simulator)
    {
        var address = app.Urls.First();
        var demo = context.Arguments.Has("demo");
        if (context.Json)
        {
            await context.ReportAsync(new { ready = true, address, simulator = simulator?.Web, data = settings.Folder }, "");
            return;
        }

        var accounts = demo
            ? string.Join('\n', DemoPractice.Accounts.Select(a => $"    {a.Email,-32} {string.Join(", ", a.Roles)}"))
            : "";
        await context.Out.WriteLineAsync($"""

            CareRecords is ready.
              Booking, customers, practice   {address}
              FHIR R4                        {address}/fhir/metadata
            {(simulator is null ? "" : $"  Simulated Kanta archive        {simulator.Web}\n")}  Data                           {settings.Folder}
            {(!demo ? "" : $"  Demonstration accounts, password \"{DemoPractice.Password}\", second factor: {DemoCodeVerb.Hint}\n{accounts}\n")}  Ctrl-C stops everything that this command started.
            """);
    }

    /// <summary>Until the program is told to stop.</summary>
    public static async Task WaitAsync(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = cancel.Register(stopped.SetResult);
        await stopped.Task;
    }
}
