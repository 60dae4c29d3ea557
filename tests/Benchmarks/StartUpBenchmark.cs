using Benchmarks.Http;
using Benchmarks.Store;

namespace Benchmarks;

/// <summary>The whole application on a cleanly stopped database.</summary>
internal sealed class StartUpBenchmark : IBenchmark
{
    public string Name => "start-up";

    public string Help => "Seconds from the start of the published program, PostgreSQL included, until /health/ready answers, on a store of 100,000 that was stopped cleanly "
        + "(median of several starts); and the application's resident memory once idle for some seconds after its first requests.";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private static async Task<Figure[]> RunAsync(bool quick)
    {
        var store = await BenchStore.OpenAsync(BenchStore.Quick);
        var times = new List<double>();
        double idle = 0;
        for (var n = 0; n < (quick ? 3 : 7); n++)
        {
            await using var server = await BenchServer.StartAsync(store);
            times.Add(server.ReadyAfter.TotalSeconds);
            if (n == 0)
            {
                var requests = new Requests(server.Port, store.Token);
                foreach (var path in (string[])["/fhir/Patient/p1", "/fhir/metadata", "/"])
                {
                    using var connection = new HttpConnection();
                    await connection.ConnectAsync(server.Port);
                    await connection.SendAsync(requests.Get(path));
                }

                await Task.Delay(TimeSpan.FromSeconds(10));
                idle = server.Megabytes;
            }
        }

        await Console.Error.WriteLineAsync($"  starts: {string.Join(", ", times.Select(t => $"{t:0.00} s"))}");
        return [new Figure("start-up", times.Order().ElementAt(times.Count / 2), "s", 2, "s"), new Figure("idle-memory", idle, "MB", 200, "MB")];
    }
}
