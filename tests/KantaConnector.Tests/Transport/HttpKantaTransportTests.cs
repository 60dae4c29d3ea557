using System.Net;
using System.Net.Sockets;
using System.Text;
using KantaConnector.Messages;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Tests.Messages;
using KantaConnector.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Shouldly;

namespace KantaConnector.Tests.Transport;

public sealed class HttpKantaTransportTests : IAsyncLifetime
{
    private readonly TestCertificates certificates = new();
    private ArchiveSink sink = null!;

    public async ValueTask InitializeAsync() => sink = await ArchiveSink.Start(certificates.Server());

    public async ValueTask DisposeAsync()
    {
        await sink.DisposeAsync();
        certificates.Dispose();
    }

    private KantaOptions Options(CertificateSource? client = null) => new()
    {
        Endpoint = sink.Address,
        SenderOid = $"{Some.Root}.10.0.13.1",
        ServerCaFile = certificates.CaFile,
        ClientCertificate = client ?? certificates.Client(),
        TotalTimeout = TimeSpan.FromSeconds(20),
        MaxAnswerBytes = 4096,
    };

    private static async Task<TransportAnswer> Send(KantaOptions options)
    {
        var wrapped = Microsoft.Extensions.Options.Options.Create(options);
        using var keys = new KantaCertificates(wrapped, TimeProvider.System);
        using var transport = new HttpKantaTransport(wrapped, keys, TimeProvider.System);
        return await transport.Send(MedicalRecordsMessageTests.Message("service event"), null, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pem with key")]
    [InlineData("p12")]
    public async Task Send_WithEachFormOfCertificate_IsAccepted(string form)
    {
        var answer = (await Send(Options(certificates.Client(form)))).ShouldBeOfType<TransportAnswer.Answered>();
        answer.Status.ShouldBe(200);
        Acknowledgement.Read(answer.Body, MedicalRecordsMessageTests.Header().MessageId).ShouldBeOfType<Acknowledgement.Accepted>();
        sink.SoapActions.ShouldBe(["\"\""]);
    }

    [Fact]
    public async Task Send_SoapActionConfigured_IsSent()
    {
        var options = Options();
        options.SoapAction = "\"urn:demo\"";
        await Send(options);
        sink.SoapActions.ShouldBe(["\"urn:demo\""]);
    }

    [Fact]
    public async Task Send_NobodyListens_IsNotSent()
    {
        var options = Options();
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            options.Endpoint = new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/mr");
        }
        (await Send(options)).ShouldBeOfType<TransportAnswer.NotSent>();
    }

    [Theory]
    [InlineData("other authority")]
    [InlineData("wrong name")]
    [InlineData("expired")]
    [InlineData("no authority file")]
    public async Task Send_ServerNotTrusted_IsNotSent(string why)
    {
        using var others = new TestCertificates(ownKey: true);
        await using var wrong = await ArchiveSink.Start(why switch
        {
            "other authority" => others.Server(),
            "wrong name" => certificates.Server("elsewhere.example"),
            "expired" => certificates.Server(until: new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            _ => certificates.Server(),
        });
        var options = Options();
        options.Endpoint = wrong.Address;
        if (why == "no authority file")
        {
            options.ServerCaFile = Path.Combine(certificates.Folder, "none.pem");
        }
        (await Send(options)).ShouldBeOfType<TransportAnswer.NotSent>();
        wrong.Ledger.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_NoAnswerInTime_IsLost()
    {
        sink.BeforeArchiving = async (http, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var options = Options();
        options.TotalTimeout = TimeSpan.FromSeconds(1);
        (await Send(options)).ShouldBeOfType<TransportAnswer.Lost>();
    }

    [Fact]
    public async Task Send_AnswerTrickles_IsLostAtTheDeadline()
    {
        sink.BeforeArchiving = async (http, _) =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync("<");
                await http.Response.Body.FlushAsync();
                await Task.Delay(50, CancellationToken.None);
            }
            return true;
        };
        var options = Options();
        options.TotalTimeout = TimeSpan.FromSeconds(1);
        (await Send(options)).ShouldBeOfType<TransportAnswer.Lost>();
    }

    [Fact]
    public async Task Send_AnswerTooLong_IsLost()
    {
        sink.BeforeArchiving = async (http, _) =>
        {
            await http.Response.Body.WriteAsync(new byte[100_000]);
            return true;
        };
        (await Send(Options())).ShouldBeOfType<TransportAnswer.Lost>().Reason.ShouldContain("4096");
    }

    [Fact]
    public async Task Send_ConnectionCutAfterArchiving_IsLost()
    {
        sink.AfterArchiving = (http, _) =>
        {
            http.Abort();
            return Task.FromResult(true);
        };
        (await Send(Options())).ShouldBeOfType<TransportAnswer.Lost>();
        sink.Accepted.Count().ShouldBe(1);
    }

    [Fact]
    public async Task Send_Busy_CarriesRetryAfterAndDoesNotFollowRedirects()
    {
        sink.BeforeArchiving = async (http, _) =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "17";
            await http.Response.WriteAsync("busy");
            return true;
        };
        var busy = (await Send(Options())).ShouldBeOfType<TransportAnswer.Answered>();
        (busy.Status, busy.RetryAfter, Encoding.UTF8.GetString(busy.Body.Span)).ShouldBe((503, TimeSpan.FromSeconds(17), "busy"));
        sink.BeforeArchiving = (http, _) =>
        {
            http.Response.Redirect("https://localhost:1/");
            return Task.FromResult(true);
        };
        (await Send(Options())).ShouldBeOfType<TransportAnswer.Answered>().Status.ShouldBe(302);
    }
}
