using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using KantaSimulator.Faults;
using KantaSimulator.Message;
using KantaSimulator.Tests.Samples;
using KantaSimulator.Xml;

namespace KantaSimulator.Tests.Faults;

public sealed class GarbageTests(GarbageTests.Fixture fixture) : IClassFixture<GarbageTests.Fixture>
{
    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningSimulator Simulator { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Simulator = await RunningSimulator.StartAsync();

        public ValueTask DisposeAsync() => Simulator.DisposeAsync();
    }

    public static IEnumerable<TheoryDataRow<string>> Names() => GarbageCorpus.All.Select(g => new TheoryDataRow<string>(g.Name));

    [Fact]
    public void Kinds_AreAtLeastSixtyAndNamedOnce()
    {
        Assert.True(GarbageCorpus.All.Count >= 60, $"{GarbageCorpus.All.Count}");
        Assert.Equal(GarbageCorpus.All.Count, GarbageCorpus.All.Select(g => g.Name).Distinct().Count());
    }

    /// <summary>Every kind arrives on the wire, and none of them is the right answer.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Kind_Arrives_AndIsNotTheRightAnswer(string name)
    {
        await fixture.Simulator.FaultsAsync(new { kind = "garbage", variant = name, count = 1 });
        var message = OwnSample.NewServiceEvent().Compose(RunningSimulator.Signer);
        var answer = await ExchangeAsync(MessageParts.Envelope(message));
        Assert.NotEmpty(answer);
        Assert.False(IsRight(answer, message), Encoding.Latin1.GetString(answer.AsSpan(0, Math.Min(answer.Length, 2000))));
    }

    /// <summary>What a careful sender demands of an answer: one framed 200 of text/xml in UTF-8 that is one acknowledgement of one's own message, consistent in itself.</summary>
    private static bool IsRight(byte[] answer, string message)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var lines = Encoding.Latin1.GetString(answer, 0, end).Split("\r\n");
        var body = answer[(end + 4)..];
        string[] head = ["Content-Type: text/xml; charset=utf-8", $"Content-Length: {body.Length}", "Connection: close"];
        if (lines[0] != "HTTP/1.1 200 OK" || !lines.Skip(1).SequenceEqual(head))
            return false;
        if (SoapRequest.Read(body).Message is not { LocalName: "MCCI_IN000002UV01", NamespaceURI: XmlNav.Hl7 } ack || ack.Elements("acknowledgement").ToList() is not [var only])
            return false;
        var details = only.Elements("acknowledgementDetail").ToList();
        var consistent = only.Elements("typeCode").ToList() is [var type] && type.Attr("code") switch
        {
            "AA" => details.TrueForAll(d => d.Attr("typeCode") != "E"),
            "AE" or "AR" => details.Count is > 0 and <= 50 && details.TrueForAll(d => d.At("text").Squeezed().Length <= 2000 && !d.At("text").Squeezed().Contains('<', StringComparison.Ordinal)),
            _ => false,
        };
        return consistent && only.AttrAt("targetMessage/id", "root") is { } target && message.Contains($"\"{target}\"", StringComparison.Ordinal);
    }

    private async Task<byte[]> ExchangeAsync(string body)
    {
        var address = fixture.Simulator.Simulator.Mr;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [RunningSimulator.SystemCertificate] });
        var bytes = Encoding.UTF8.GetBytes(body);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST /mr HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: {bytes.Length}\r\n\r\n"));
        await tls.WriteAsync(bytes);
        using var answer = new MemoryStream();
        var block = new byte[1 << 16];
        try
        {
            int count;
            while ((count = await tls.ReadAsync(block)) > 0 && answer.Length < 1 << 20)
                answer.Write(block, 0, count);
        }
        catch (IOException)
        {
            // Ended without TLS closure, as announced.
        }

        return answer.ToArray();
    }
}
