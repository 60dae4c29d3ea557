using Benchmarks.Http;
using Benchmarks.Store;

namespace Benchmarks;

/// <summary>Reads over HTTP at 32 clients against the endpoint that answers a constant.</summary>
internal sealed class FhirReadBenchmark : IBenchmark
{
    public string Name => "fhir-read";

    public string Help => "Reads of different Patients a second over HTTP, 32 clients, each logged durably; the floor is half of what an endpoint of the same "
        + "application gives that authenticates and writes the same log entry but answers a constant. "
        + "Then the same rate against three times what another server gave on such a machine.";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private static async Task<Figure[]> RunAsync(bool quick)
    {
        var store = await BenchStore.OpenAsync(quick);
        var seconds = TimeSpan.FromSeconds(quick ? 8 : 20);
        var warmUp = Load.WarmUp(quick);
        LoadResult read, open;
        await using (var server = await BenchServer.StartAsync(store))
        {
            var requests = new Requests(server.Port, store.Token);
            ReadOnlyMemory<byte> Next(int n) => requests.Get($"/fhir/Patient/{SyntheticPractice.PatientId((int)(n * 7919L % store.Patients))}");
            read = await Load.ClosedAsync(server, Load.Clients, warmUp, seconds, Next, Requests.Expect(200));
            open = await Load.OpenAsync(server, read.PerSecond / 2, seconds, Next, Requests.Expect(200));
        }

        LoadResult constant;
        await using (var server = await BenchServer.StartConstantAsync(store))
        {
            var request = new Requests(server.Port, store.Token).Get(ConstantServer.Path);
            constant = await Load.ClosedAsync(server, Load.Clients, warmUp, seconds, _ => request, Requests.Expect(200));
        }

        await Console.Error.WriteLineAsync($"  read: {read}\n  read, arrivals at half that rate: {open}\n  constant: {constant}");
        return
        [
            new Figure("fhir-read", read.PerSecond, "1/s", constant.PerSecond / 2, "1/s", AtLeast: true),
            new Figure("fhir-read-rate", read.PerSecond, "1/s", 3300, "1/s", AtLeast: true),
            new Figure("fhir-read-p99-at-half-rate", open.Percentile(0.99), "ms", 100, "ms"),
        ];
    }
}
