using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Kanta;

/// <summary>
/// Pages are asked for at a steady pace while the queue is empty, and again while it drains into an archive that answers after 50 ms; the drain goes on at the
/// pace of four connections.
/// </summary>
internal sealed class KantaForegroundBenchmark : IBenchmark
{
    private const double PagesPerSecond = 40;

    public string Name => "kanta-foreground";

    public string Help => "p99 of a page while the queue drains | 1.5 times the p99 while it is empty";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(TimeSpan.FromSeconds(quick ? 10 : 30)).GetAwaiter().GetResult();

    private async Task<Figure[]> RunAsync(TimeSpan measured)
    {
        await using var store = await KantaStore.OpenAsync();
        var certificates = BenchCertificates.Make(Path.Combine(store.Folder, "bench-certificates"));
        using var sink = await ConstantSink.StartAsync(certificates, 50);
        var settings = KantaStore.Settings(sink.Address, certificates, 4);
        await using var services = store.Services(settings);
        await store.FillAsync(services, 0);
        await using var app = await KantaApp.StartAsync(store.Folder, [.. settings.Select(s => $"--{s.Key}={s.Value}"), "--Booking:ViewsPerMinute=100000"]);
        await PagesAsync(app, TimeSpan.FromSeconds(5));
        var idle = new List<double>();
        var busy = new List<double>();
        long archived = 0;
        for (var turn = 0; turn < 2; turn++)
        {
            idle.Add(await PagesAsync(app, measured / 2));
            await store.FillAsync(services, 20_000);
            await store.WakeAsync();
            await Task.Delay(1000);
            var before = await store.CountAsync("archived");
            busy.Add(await PagesAsync(app, measured / 2));
            archived += await store.CountAsync("archived") - before;
            await store.FillAsync(services, 0);
            await Task.Delay(1000);
        }

        var pace = archived / measured.TotalSeconds;
        Console.WriteLine($"# {Name}: {pace:0} documents/s archived beside {PagesPerSecond:0} pages/s; p99 empty {idle.Average():0.00} ms, draining {busy.Average():0.00} ms");
        return [new Figure(Name, busy.Average(), "ms", 1.5 * idle.Average(), "ms"), new Figure($"{Name}-drain", pace, "documents/s", 50, "documents/s", AtLeast: true)];
    }

    // At a fixed pace, whether answers come or not: a latency counts from the instant at which the page was due. Returns the 99th percentile in ms.
    private static async Task<double> PagesAsync(KantaApp app, TimeSpan measured)
    {
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{app.Port}")) };
        var number = -1;
        var begun = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<double>();
            while (TimeSpan.FromSeconds(Interlocked.Increment(ref number) / PagesPerSecond) is var due && due < measured)
            {
                if (due - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early);
                }

                using var answer = await client.GetAsync(new Uri("/book", UriKind.Relative));
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                latencies.Add((Stopwatch.GetElapsedTime(begun) - due).TotalMilliseconds);
            }

            return latencies;
        })));
        var sorted = all.SelectMany(l => l).Order().ToArray();
        return sorted[(int)(sorted.Length * 0.99)];
    }
}
