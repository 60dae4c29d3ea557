using System.Globalization;
using Benchmarks.Http;
using Benchmarks.Store;

namespace Benchmarks;

/// <summary>The same searches at 10,000, 100,000 and a million resources.</summary>
internal sealed class FhirScaleBenchmark : IBenchmark
{
    public string Name => "fhir-scale";

    public string Help => "Medians of the typical searches, one client over HTTP, at 10,000, 100,000 and (not with --quick) 1,000,000 resources; the ceiling of the largest "
        + "store is twice the median at the smallest: cost grows with the answer, not with the store. The table goes to standard error.";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private static async Task<List<Figure>> RunAsync(bool quick)
    {
        int[] sizes = quick ? [10_000, BenchStore.Quick] : [10_000, BenchStore.Quick, BenchStore.Full];
        var medians = new Dictionary<(string Name, int Size), double>();
        foreach (var size in sizes)
        {
            var store = await BenchStore.OpenAsync(size);
            await using var server = await BenchServer.StartAsync(store);
            var requests = new Requests(server.Port, store.Token);
            foreach (var question in Question.All)
            {
                ReadOnlyMemory<byte> Next(int n) => requests.Get(question.Path((int)(n * 7919L % store.Patients)));
                await Load.ClosedAsync(server, 4, TimeSpan.Zero, TimeSpan.FromSeconds(quick ? 0.7 : 2), Next, Requests.Expect(200));
                var measured = await Load.ClosedAsync(server, 1, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(quick ? 1.5 : 4), Next, Requests.Expect(200));
                medians[(question.Name, size)] = measured.Percentile(0.5);
            }
        }

        await Console.Error.WriteLineAsync($"  {"p50, ms",-16}{string.Concat(sizes.Select(s => s.ToString("N0", CultureInfo.InvariantCulture).PadLeft(12)))}");
        foreach (var question in Question.All)
        {
            await Console.Error.WriteLineAsync(
                $"  {question.Name,-16}{string.Concat(sizes.Select(s => medians[(question.Name, s)].ToString("0.00", CultureInfo.InvariantCulture).PadLeft(12)))}");
        }

        return [.. Question.All.Select(q => new Figure($"fhir-scale-{q.Name}", medians[(q.Name, sizes[^1])], "ms", 2 * medians[(q.Name, sizes[0])], "ms"))];
    }
}
