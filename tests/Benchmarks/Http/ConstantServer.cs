using System.Text;
using Booking.Host.Database;
using Booking.Host.Web;
using CareRecords.Access;
using CareRecords.Rest;
using Microsoft.AspNetCore.Builder;

namespace Benchmarks.Http;

/// <summary>
/// The yardstick for reads: the same application, and in it one endpoint that authenticates and writes the same access-log entry as a read but answers a
/// constant. A process of its own: `--constant-server FOLDER --urls=…`.
/// </summary>
internal static class ConstantServer
{
    internal const string Child = "--constant-server";
    internal const string Path = "/constant/Patient/p1";

    /// <summary>The child's part; true where this process is the child.</summary>
    internal static async Task<bool> RunAsChildAsync(string[] args)
    {
        if (args is not [Child, var folder, .. var settings])
        {
            return false;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, s =>
        {
            s.Cancel = true;
            stop.Cancel();
        });
        var loaded = HostSettings.Load(folder, settings);
        await using var access = await OpenPractice.PrepareAsync(loaded, migrate: true, stop.Token);
        await using var app = WebApp.Build(loaded, access);
        var body = Encoding.UTF8.GetBytes(Store.SyntheticPractice.Patient(1, "A1"));
        app.MapMethods("/constant/{type}/{id}", ["GET"], FhirPipeline.For(call => Task.FromResult(new FhirAnswer(200)
        {
            Version = 1,
            Body = body,
            Accesses =
            [
                new AccessEntry { Interaction = "read", ResourceType = call.Type, ResourceId = call.Id, ResourceVersion = 1, PatientIds = ["p1"], Purpose = Purposes.Of(call.Rights) },
            ],
        })));
        await app.StartAsync(stop.Token);
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
        return true;
    }
}
