using System.Diagnostics;

namespace Benchmarks.Http;

/// <summary>What a load run gave: answers a second and latencies in milliseconds, ascending.</summary>
internal sealed record LoadResult(double PerSecond, double[] Latencies)
{
    /// <summary>Processor time of application and database for one answer, in microseconds: what is left of a figure on a busy machine.</summary>
    internal (double Application, double Database) Cost { get; init; }

    internal double Percentile(double p) => Latencies[(int)Math.Min(Latencies.Length - 1, Latencies.Length * p)];

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{PerSecond:0} 1/s, p50 {Percentile(0.5):0.00} ms, p95 {Percentile(0.95):0.00} ms, p99 {Percentile(0.99):0.00} ms, {Latencies.Length} answers{(Cost.Application > 0 ? $", processor {Cost.Application:0} + {Cost.Database:0} µs" : "")}");
}

/// <summary>Sends requests over kept-alive connections. A wrong status or answer fails the run: a fast error is no figure.</summary>
internal static class Load
{
    /// <summary>As many as the figures of other servers were taken with.</summary>
    internal const int Clients = 32;

    /// <summary>Until the program runs in the form in which it runs for days: the runtime compiles what is used often anew, in steps, for some ten thousand requests.</summary>
    internal static TimeSpan WarmUp(bool quick) => TimeSpan.FromSeconds(quick ? 15 : 40);

    /// <param name="next">The n-th request's bytes.</param>
    /// <param name="accept">Throws on an answer that is not what was asked for.</param>
    internal static async Task<LoadResult> ClosedAsync(
        BenchServer server, int clients, TimeSpan warmUp, TimeSpan measured, Func<int, ReadOnlyMemory<byte>> next, Action<int, ReadOnlyMemory<byte>> accept)
    {
        var number = -1;
        var begun = Stopwatch.GetTimestamp();
        var costs = MeasureAsync(server, warmUp);
        var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            using var connection = new HttpConnection();
            await connection.ConnectAsync(server.Port);
            var latencies = new List<double>();
            while (Stopwatch.GetElapsedTime(begun) is var now && now < warmUp + measured)
            {
                var sent = Stopwatch.GetTimestamp();
                var (status, body) = await connection.SendAsync(next(Interlocked.Increment(ref number)));
                accept(status, body);
                if (now >= warmUp)
                {
                    latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
            }

            return latencies;
        })));
        var (from, until) = (await costs, server.ProcessorTime);
        var result = Result(all.SelectMany(l => l), measured);
        return result with
        {
            Cost = ((until.Application - from.Application).TotalMicroseconds / result.Latencies.Length,
                (until.Database - from.Database).TotalMicroseconds / result.Latencies.Length),
        };
    }

    private static async Task<(TimeSpan Application, TimeSpan Database)> MeasureAsync(BenchServer server, TimeSpan after)
    {
        await Task.Delay(after);
        return server.ProcessorTime;
    }

    /// <summary>
    /// Arrivals at a fixed rate, whether answers come or not: the latency counts from the instant at which a request was due, so that a pause of
    /// the server is seen by everyone who would have waited.
    /// </summary>
    internal static async Task<LoadResult> OpenAsync(
        BenchServer server, double perSecond, TimeSpan measured, Func<int, ReadOnlyMemory<byte>> next, Action<int, ReadOnlyMemory<byte>> accept)
    {
        const int connections = 64;
        var number = -1;
        var begun = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new HttpConnection();
            await connection.ConnectAsync(server.Port);
            var latencies = new List<double>();
            while (true)
            {
                var mine = Interlocked.Increment(ref number);
                var due = TimeSpan.FromSeconds(mine / perSecond);
                if (due > measured)
                {
                    return latencies;
                }

                if (due - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early);
                }

                var (status, body) = await connection.SendAsync(next(mine));
                accept(status, body);
                latencies.Add((Stopwatch.GetElapsedTime(begun) - due).TotalMilliseconds);
            }
        })));
        return Result(all.SelectMany(l => l), measured);
    }

    private static LoadResult Result(IEnumerable<double> latencies, TimeSpan measured)
    {
        var sorted = latencies.Order().ToArray();
        return sorted.Length > 0 ? new LoadResult(sorted.Length / measured.TotalSeconds, sorted) : throw new InvalidOperationException("No answer came in time.");
    }
}
