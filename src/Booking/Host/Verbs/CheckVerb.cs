using System.Diagnostics;
using System.Globalization;
using Booking.Host.Check;
using Booking.Host.Database;
using Booking.Host.Demo;
using Booking.Host.Web;

namespace Booking.Host.Verbs;

internal static class CheckVerb
{
    public static Verb Verb { get; } = new(
        "check",
        "check --simulator KantaSimulator.dll",
        "Drives the main job over HTTP on a throw-away data folder and free ports; one line a step, exit 1 when a step fails.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var folder = ThrowAway.Folder("check");
        var settings = HostSettings.Load(folder, [.. context.Arguments.Settings, "--urls=http://127.0.0.1:0", "--Log:Console=Fatal"]);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await using var access = await OpenPractice.PrepareAsync(settings, migrate: true, context.Cancel);
            await using var simulator = await RunVerb.StartSimulatorAsync(settings, context.Arguments.Required("simulator"), context.Cancel);
            await using var app = WebApp.Build(settings, access);
            await DemoPractice.SeedAsync(app.Services, context.Cancel);
            await app.StartAsync(context.Cancel);
            await LineAsync(context, "start", begun);
            var ok = await DriveAsync(context, new Uri(app.Urls.First()), simulator.Web);
            await app.StopAsync(CancellationToken.None);
            if (ok)
            {
                await context.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"main job: ok in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
            }

            return ok ? ExitCode.Ok : ExitCode.No;
        }
        finally
        {
            Directory.Delete(settings.Folder, recursive: true);
        }
    }

    private static async Task<bool> DriveAsync(VerbContext context, Uri address, Uri archive)
    {
        using var job = new MainJob(address, archive, TimeProvider.System);
        foreach (var (name, step) in job.Steps)
        {
            var begun = Stopwatch.GetTimestamp();
            try
            {
                await step(context.Cancel);
            }
            catch (Exception e) when (e is CheckFailedException or HttpRequestException)
            {
                await context.Out.WriteLineAsync($"{name}: FAILED: {e.Message}\nmain job: failed at \"{name}\"");
                return false;
            }

            await LineAsync(context, name, begun);
        }

        return true;
    }

    private static Task LineAsync(VerbContext context, string name, long begun) => context.Out.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture, $"{name}: {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s"));
}
