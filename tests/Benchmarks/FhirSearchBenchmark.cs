using Benchmarks.Http;
using Benchmarks.Store;

namespace Benchmarks;

/// <summary>One typical search over HTTP against hand-written SQL for the same question.</summary>
internal sealed class FhirSearchBenchmark(Question question) : IBenchmark
{
    internal static IEnumerable<IBenchmark> Each { get; } = Question.All.Select(q => new FhirSearchBenchmark(q));

    public string Name => $"fhir-search-{question.Name}";

    public string Help => $"{question.Help}. Median of one client over HTTP at a million resources (--quick: 100,000), logged durably; the ceiling is twice the median of "
        + "hand-written SQL that fetches the same rows and of the same log entry. Then answers a second at 32 clients.";

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private async Task<Figure[]> RunAsync(bool quick)
    {
        var store = await BenchStore.OpenAsync(quick);
        var seconds = TimeSpan.FromSeconds(quick ? 5 : 10);
        await using var server = await BenchServer.StartAsync(store);
        var requests = new Requests(server.Port, store.Token);
        int Customer(int n) => (int)(n * 7919L % store.Patients);
        ReadOnlyMemory<byte> Next(int n) => requests.Get(question.Path(Customer(n)));
        var many = await Load.ClosedAsync(server, Load.Clients, Load.WarmUp(quick), seconds, Next, Found);
        var single = await Load.ClosedAsync(server, 1, TimeSpan.FromSeconds(1), seconds, Next, Found);
        await using var byHand = await HandWritten.OpenAsync(store);
        var (sql, logged) = await byHand.RunAsync(question, Customer, seconds);
        await Console.Error.WriteLineAsync($"  {Name}, one client: {single}\n  {Name}, {Load.Clients} clients: {many}\n  by hand: {sql}\n  by hand with the log entry: {logged}");
        return
        [
            new Figure(Name, single.Percentile(0.5), "ms", 2 * logged.Percentile(0.5), "ms"),
            new Figure($"{Name}-rate", many.PerSecond, "1/s", question.Orientation, "1/s", AtLeast: true),
        ];
    }

    private static void Found(int status, ReadOnlyMemory<byte> body)
    {
        Requests.Expect(200)(status, body);
        if (body.Span.IndexOf("\"mode\":\"match\""u8) < 0)
        {
            throw new InvalidOperationException("The search found nothing: its time means nothing.");
        }
    }
}
