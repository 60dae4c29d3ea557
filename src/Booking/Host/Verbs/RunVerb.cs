using Booking.Host.Database;
using Booking.Host.Web;

namespace Booking.Host.Verbs;

internal static class RunVerb
{
    public static Verb Verb { get; } = new(
        "run", "run [--demo] [--simulator FILE]", "Runs the web application, the workers and, without a connection string, PostgreSQL.", RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var settings = context.Settings();
        var embedded = settings.Configuration.GetConnectionString("CareRecords") is not { Length: > 0 };
        await using var access = await OpenPractice.PrepareAsync(settings, migrate: embedded, context.Cancel);
        await using var app = WebApp.Build(settings, access);
        await app.StartAsync(context.Cancel);
        await context.Out.WriteLineAsync($"CareRecords answers at {string.Join(", ", app.Urls)}; data in {settings.Folder}; Ctrl-C stops it.");
        await Task.Delay(Timeout.Infinite, context.Cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await app.StopAsync(CancellationToken.None);
        return ExitCode.Ok;
    }
}
