using System.Diagnostics;

namespace Benchmarks.Kanta;

/// <summary>The application starts on a full queue and drains it: the time until it answers, and the most memory it held in its first half minute.</summary>
internal sealed class KantaStartBenchmark : IBenchmark
{
    public string Name => "kanta-start";

    public string Help => "seconds until the application answers with 100,000 documents queued, and its memory while it drains | 10 s, 512 MB";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private async Task<Figure[]> RunAsync(bool quick)
    {
        // Quick: what can be queued, and drained from, within a minute.
        var documents = quick ? 10_000 : 100_000;
        await using var store = await KantaStore.OpenAsync();
        var certificates = BenchCertificates.Make(Path.Combine(store.Folder, "bench-certificates"));
        using var sink = await ConstantSink.StartAsync(certificates, 0);
        var settings = KantaStore.Settings(sink.Address, certificates, 4);
        await using (var services = store.Services(settings))
        {
            await store.FillAsync(services, documents);
        }

        await using var app = await KantaApp.StartAsync(store.Folder, settings.Select(s => $"--{s.Key}={s.Value}"));
        var most = 0.0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(quick ? 10 : 30))
        {
            most = Math.Max(most, app.Megabytes);
            await Task.Delay(50);
        }

        var archived = await store.CountAsync("archived");
        if (archived == 0)
        {
            throw new InvalidOperationException("Nothing was drained: the memory would mean nothing.");
        }

        Console.WriteLine($"# {Name}: {documents} documents queued, {archived} archived in {watch.Elapsed.TotalSeconds:0} s beside the measurement");
        return [new Figure(Name, app.ReadyAfter.TotalSeconds, "s", 10, "s"), new Figure($"{Name}-memory", most, "MB", 512, "MB")];
    }
}
