using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CareRecords.Practice;
using KantaConnector;
using KantaConnector.Documents;
using KantaConnector.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks.Kanta;

/// <summary>
/// Draining the queue of documents that are signed already, as after an outage (signing has its own limit, kanta-build), against a bare HttpClient loop that posts prepared messages over the same mutual TLS to the same sink with the same
/// parallelism.
/// </summary>
internal abstract class KantaDrainBenchmark(int milliseconds, int parallelism, double required)
{
    public string Name => $"kanta-drain-{milliseconds}";

    public string Help => $"signed documents a second into a sink that answers after {milliseconds} ms | a bare HttpClient loop; at least {required:P0}";

    public IEnumerable<Figure> Run(bool quick) => [RunAsync(quick ? 2000 : 10_000).GetAwaiter().GetResult()];

    private async Task<Figure> RunAsync(int documents)
    {
        await using var store = await KantaStore.OpenAsync();
        var certificates = BenchCertificates.Make(Path.Combine(store.Folder, "bench-certificates"));
        using var sink = await ConstantSink.StartAsync(certificates, milliseconds);
        // A first, small drain compiles and connects; then bare, drain, bare.
        await DrainAsync(store, sink, certificates, Math.Min(documents, 1000));
        var messages = await MessagesAsync(store, sink, certificates);
        await BareAsync(sink, certificates, messages, documents / 4);
        var before = await BareAsync(sink, certificates, messages, documents);
        var drained = await DrainAsync(store, sink, certificates, documents);
        var signing = await DrainAsync(store, sink, certificates, documents, signed: false);
        var after = await BareAsync(sink, certificates, messages, documents);
        Console.WriteLine($"# {Name}: {documents} documents, parallelism {parallelism}; signed while they drain: {signing:0.#} documents/s");
        return Share.Of(Name, drained, (before + after) / 2, "documents/s", required);
    }

    private async Task<double> DrainAsync(KantaStore store, ConstantSink sink, BenchCertificates certificates, int documents, bool signed = true)
    {
        await using var services = store.Services(KantaStore.Settings(sink.Address, certificates, parallelism));
        await (signed ? store.FillSignedAsync(services, documents) : store.FillAsync(services, documents));
        var watch = Stopwatch.StartNew();
        var stop = await KantaStore.StartAsync(services);
        while (!await store.IsDrainedAsync())
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"Only {await store.CountAsync("archived")} of {documents} documents were archived.");
            }

            await Task.Delay(20);
        }

        var taken = watch.Elapsed;
        await stop();
        return documents / taken.TotalSeconds;
    }

    private async Task<byte[][]> MessagesAsync(KantaStore store, ConstantSink sink, BenchCertificates certificates)
    {
        await using var services = store.Services(KantaStore.Settings(sink.Address, certificates, parallelism));
        var practice = await services.GetRequiredService<PracticeDirectory>().GetAsync();
        var headers = services.GetRequiredService<MessageHeaders>();
        var kind = new MessageKind { Interaction = "RCMR_IN100002FI01", Trigger = "RCMR_TE000102UV01", ServiceRequest = "PP1" };
        return [.. Enumerable.Range(0, 200).Select(number =>
        {
            var document = number % 2 == 0 ? CdaBuilder.Build(SampleDocuments.Event(number)) : CdaBuilder.Build(SampleDocuments.Note(number));
            var header = headers.For(kind, headers.MessageId(practice, practice.Controllers[0].Id, new MessageNumber(practice.Epoch, number)), practice, practice.Controllers[0].Id);
            // As long as a signed one.
            byte[] cda = [.. document.Cda, .. new byte[2600].Select(_ => (byte)' ')];
            return MedicalRecordsMessage.Write(header, "1.2.3", (document.WrapperBefore, document.WrapperAfter), cda);
        })];
    }

    private async Task<double> BareAsync(ConstantSink sink, BenchCertificates certificates, byte[][] messages, int count)
    {
        using var client = X509CertificateLoader.LoadPkcs12FromFile(certificates.ClientFile, null);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = parallelism,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => client,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost",
            },
        });
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, parallelism).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var at && at < count)
            {
                using var content = new ByteArrayContent(messages[at % messages.Length]);
                content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
                using var answer = await http.PostAsync(sink.Address, content);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }
}

internal sealed class KantaDrainAtOnceBenchmark() : KantaDrainBenchmark(0, 4, 0.5), IBenchmark;

internal sealed class KantaDrainSlowBenchmark() : KantaDrainBenchmark(50, 16, 0.9), IBenchmark;
