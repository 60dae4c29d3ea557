using System.Text.Json;
using Booking.Host.Database;
using Booking.Host.Demo;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Rest;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks.Store;

/// <summary>A data folder with a practice, a token and so many resources, built once by <see cref="BulkLoader"/> and kept.</summary>
internal sealed record BenchStore(string Folder, int Resources, string Token)
{
    internal const int Quick = 100_000;
    internal const int Full = 1_000_000;

    // Raised when what the loader makes changes, so that kept folders of before are built anew.
    private const int Form = 3;

    /// <summary>The million, or of a quick run the smaller one, unless BENCH_STORE names another size.</summary>
    internal static Task<BenchStore> OpenAsync(bool quick) => OpenAsync(
        Environment.GetEnvironmentVariable("BENCH_STORE") is { Length: > 0 } size ? int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) : quick ? Quick : Full);

    internal int Patients => Resources / SyntheticPractice.PerPatient;

    /// <summary>Settings as the benchmarked server and the loader take them: every type open, no calendar.</summary>
    internal static string[] Settings { get; } = ["--Fhir:Conformance=true", "--Calendar:Enabled=false"];

    internal static async Task<BenchStore> OpenAsync(int resources)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("BENCH_DATA") ?? "artifacts/bench-data", $"{Form}-{resources}");
        var made = Path.Combine(folder, "bench.json");
        if (File.Exists(made))
        {
            return JsonSerializer.Deserialize<BenchStore>(await File.ReadAllTextAsync(made))! with { Folder = Path.GetFullPath(folder) };
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        await Console.Error.WriteLineAsync($"Building {resources} resources in {folder}; they are kept for later runs.");
        Directory.CreateDirectory(folder);
        var settings = HostSettings.Load(folder, Settings);
        string token;
        await using (var practice = await OpenPractice.OpenAsync(settings, migrate: true, CancellationToken.None))
        {
            token = await SetUpAsync(practice.Services);
            await BulkLoader.LoadAsync(practice, resources / SyntheticPractice.PerPatient);
        }

        var store = new BenchStore(Path.GetFullPath(folder), resources, token);
        await File.WriteAllTextAsync(made, JsonSerializer.Serialize(store));
        return store;
    }

    private static async Task<string> SetUpAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "benchmark", UserRole.System);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await SetUpPractice.HandleAsync(
            work,
            new SetUpPractice.Request
            {
                Name = "Benchmark",
                Environment = KantaEnvironment.Simulated,
                OrganizationOid = DemoPractice.OrganizationOid,
                Controllers = [DemoPractice.Company()],
            },
            CancellationToken.None);
        await work.CommitAsync();
        var issued = await IssueToken.HandleAsync(
            work, scope.ServiceProvider.GetRequiredService<AccessLog>(), TimeProvider.System,
            new IssueToken.Request { Name = "benchmark", Scopes = ["system/*.cruds"], Lifetime = TimeSpan.FromDays(700) }, CancellationToken.None);
        await work.CommitAsync();
        return issued.Token;
    }
}
