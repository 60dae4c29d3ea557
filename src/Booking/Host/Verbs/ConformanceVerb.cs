using Booking.Host.Database;
using Booking.Host.Demo;
using Booking.Host.Web;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Rest;

namespace Booking.Host.Verbs;

internal static class ConformanceVerb
{
    public static Verb Verb { get; } = new(
        "conformance",
        "conformance [--urls URL]",
        "Serves every FHIR R4 type under a generic policy from an empty practice on a throw-away folder; prints base URL and token.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var folder = ThrowAway.Folder("fhir");
        string[] free = context.Arguments.Settings.Any(s => s.StartsWith("--urls", StringComparison.Ordinal)) ? [] : ["--urls=http://127.0.0.1:0"];
        var settings = HostSettings.Load(folder, [.. context.Arguments.Settings, .. free, "--Fhir:Conformance=true", "--Calendar:Enabled=false"]);
        try
        {
            await using var access = await OpenPractice.PrepareAsync(settings, migrate: true, context.Cancel);
            await using var app = WebApp.Build(settings, access);
            var token = await SetUpAsync(app.Services, context.Cancel);
            await app.StartAsync(context.Cancel);
            var baseUrl = $"{app.Urls.First()}/fhir";
            await context.ReportAsync(new { baseUrl, token }, $"base URL {baseUrl}\ntoken {token}");
            await RunVerb.WaitAsync(context.Cancel);
            await app.StopAsync(CancellationToken.None);
        }
        finally
        {
            Directory.Delete(settings.Folder, recursive: true);
        }

        return ExitCode.Ok;
    }

    private static async Task<string> SetUpAsync(IServiceProvider services, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "care conformance", UserRole.System);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await SetUpPractice.HandleAsync(work, new SetUpPractice.Request
        {
            Name = "Conformance",
            Environment = KantaEnvironment.Simulated,
            OrganizationOid = DemoPractice.OrganizationOid,
            Controllers = [DemoPractice.Company()],
        }, cancel);
        await work.CommitAsync(cancel);
        var issued = await IssueToken.HandleAsync(
            work, scope.ServiceProvider.GetRequiredService<AccessLog>(), scope.ServiceProvider.GetRequiredService<TimeProvider>(),
            new IssueToken.Request { Name = "conformance suite", Scopes = ["system/*.cruds"] }, cancel);
        await work.CommitAsync(cancel);
        return issued.Token;
    }
}
