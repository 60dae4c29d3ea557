using Benchmarks.Http;
using Benchmarks.Store;

namespace Benchmarks;

/// <summary>Creates over HTTP at 32 clients against bare statements that write the same bytes into the same tables.</summary>
internal sealed class FhirCreateBenchmark(string type, double orientation) : IBenchmark
{
    internal static IEnumerable<IBenchmark> Each { get; } = [new FhirCreateBenchmark("Patient", 990), new FhirCreateBenchmark("Observation", 570)];

    public string Name => $"fhir-create-{type.ToLowerInvariant()}";

    public string Help => $"{type} creates a second over HTTP, 32 clients, validated, indexed, logged, durable, on a store of 100,000; the floor is 60 % of the rate at "
        + "which 32 connections write the same rows (resource, index rows, log entry) by prepared Npgsql batches of one transaction each, durable too. The rows are made beforehand: the floor pays for no HTTP, validation, indexing or encryption. "
        + "Then the same rate against three times what another server gave on such a machine.";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private async Task<Figure[]> RunAsync(bool quick)
    {
        await using var store = await BenchCopy.OfAsync(await BenchStore.OpenAsync(BenchStore.Quick));
        var seconds = TimeSpan.FromSeconds(quick ? 8 : 20);
        var warmUp = Load.WarmUp(quick);
        await using var server = await BenchServer.StartAsync(store.Store);
        var requests = new Requests(server.Port, store.Store.Token);
        var created = await Load.ClosedAsync(
            server, Load.Clients, warmUp, seconds, n => requests.Post($"/fhir/{type}", Json(store.Store, n)), Requests.Expect(201));
        await using var bare = await BareCreates.PrepareAsync(store.Store, type, n => Json(store.Store, n));
        var written = await bare.RunAsync(Load.Clients, TimeSpan.FromSeconds(2), seconds);
        await Console.Error.WriteLineAsync($"  {type} created: {created}\n  bare statements: {written}");
        return
        [
            new Figure(Name, created.PerSecond, "1/s", written.PerSecond * 0.6, "1/s", AtLeast: true),
            new Figure($"{Name}-rate", created.PerSecond, "1/s", orientation, "1/s", AtLeast: true),
        ];
    }

    private string Json(BenchStore store, int n) => type == "Patient"
        ? SyntheticPractice.Patient(n % store.Patients, $"B{n}")
        : SyntheticPractice.Observation(n % store.Patients, n % SyntheticPractice.Observations);
}
