using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KantaSimulator.Ledger;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Ledger;

public sealed class LedgerTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"sim-ledger-{Guid.NewGuid():n}");

    private string File => Path.Combine(folder, "ledger.log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Restart_FindsEverythingAgain_AndEveryLineHashes()
    {
        var (serviceEvent, _) = await FillAsync();
        await using (var again = await RunningSimulator.StartAsync(folder, TimeProvider.System))
        {
            Assert.Equal(2, (await again.GetAsync("api/status")).GetProperty("documents").GetInt32());
            Assert.Contains("SIM-V24", (await again.SendAsync(OwnSample.NewServiceEvent() with { ServiceEvent = serviceEvent.ServiceEvent })).Errors);
        }

        var previous = new string('0', 64);
        foreach (var line in System.IO.File.ReadLines(File))
        {
            var parts = line.Split('\t');
            Assert.Equal(previous, JsonDocument.Parse(parts[0]).RootElement.GetProperty("prev").GetString());
            Assert.Equal(parts[1], previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts[0]))));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(70)]
    [InlineData(500)]
    public async Task TornLastLine_IsCutOffAndTold(int missing)
    {
        await FillAsync();
        var whole = new FileInfo(File).Length;
        using (var file = System.IO.File.OpenWrite(File))
            file.SetLength(whole - missing);
        await using var again = await RunningSimulator.StartAsync(folder, TimeProvider.System);
        Assert.True(again.Simulator.DroppedBytes > 0);
        var ledger = await again.GetAsync("api/ledger");
        Assert.Equal(again.Simulator.DroppedBytes, ledger.GetProperty("entries").EnumerateArray().Last().GetProperty("droppedBytes").GetInt64());
        Assert.Equal(1, (await again.GetAsync("api/status")).GetProperty("documents").GetInt32());
    }

    [Fact]
    public async Task DamageBeforeTheLastLine_RefusesTheStart()
    {
        await FillAsync();
        var lines = await System.IO.File.ReadAllLinesAsync(File);
        lines[1] = lines[1].Replace("archived", "refused!", StringComparison.Ordinal);
        await System.IO.File.WriteAllLinesAsync(File, lines);
        var e = await Assert.ThrowsAsync<LedgerException>(() => RunningSimulator.StartAsync(folder, TimeProvider.System));
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineTakenOut_RefusesTheStart()
    {
        await FillAsync();
        var lines = (await System.IO.File.ReadAllLinesAsync(File)).ToList();
        lines.RemoveAt(1);
        await System.IO.File.WriteAllLinesAsync(File, lines);
        await Assert.ThrowsAsync<LedgerException>(() => RunningSimulator.StartAsync(folder, TimeProvider.System));
    }

    [Fact]
    public async Task SecondSimulator_OnTheSameLedger_IsRefused()
    {
        await using var first = await RunningSimulator.StartAsync(folder, TimeProvider.System);
        await Assert.ThrowsAsync<LedgerException>(() => RunningSimulator.StartAsync(folder, TimeProvider.System));
    }

    [Fact]
    public async Task Killed_WhileReceiving_HasEverythingThatItAcknowledged()
    {
        const int rounds = 3;
        var acknowledged = new List<string>();
        var answered = 0;
        for (var round = 0; round < rounds; round++)
        {
            using var process = StartProcess();
            var ready = await process.StandardOutput.ReadLineAsync() ?? "";
            var mr = new Uri(ready.Split("mtls=")[1].Split(' ')[0]);
            using var connector = RunningSimulator.NewConnector();
            var sending = Enumerable.Range(0, 4).Select(async _ =>
            {
                var mine = new List<string>();
                try
                {
                    while (true)
                    {
                        var sample = OwnSample.NewServiceEvent();
                        using var content = new StringContent(MessageParts.Envelope(sample.Compose(RunningSimulator.Signer)), Encoding.UTF8, "text/xml");
                        using var response = await connector.PostAsync(mr, content);
                        if (Ack.Read(await response.Content.ReadAsByteArrayAsync()).Type == "AA")
                        {
                            mine.Add(sample.DocumentId);
                            Interlocked.Increment(ref answered);
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    return mine;
                }
            }).ToList();
            for (var waited = 0; waited < 1500 && Volatile.Read(ref answered) < 10 * (round + 1); waited++)
                await Task.Delay(20);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            foreach (var mine in sending)
                acknowledged.AddRange(await mine);
        }

        Assert.NotEmpty(acknowledged);
        await using var after = await RunningSimulator.StartAsync(folder, TimeProvider.System);
        foreach (var id in acknowledged)
            Assert.Equal("current", (await after.GetAsync($"api/documents/{id}")).GetProperty("status").GetString());
        TestContext.Current.SendDiagnosticMessage($"{acknowledged.Count} acknowledged documents over {rounds} kills, none lost");
    }

    [Fact]
    public async Task SigTerm_StopsCleanly()
    {
        using var process = StartProcess();
        Assert.StartsWith("ready mtls=https://127.0.0.1:", await process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private Process StartProcess()
    {
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [typeof(LedgerFile).Assembly.Location, "--data", folder, "--dev-certs", RunningSimulator.CertificateFolder])
        { RedirectStandardOutput = true, UseShellExecute = false };
        _ = RunningSimulator.Signer;
        return Process.Start(start)!;
    }

    private async Task<(OwnSample Event, OwnSample Note)> FillAsync()
    {
        await using var simulator = await RunningSimulator.StartAsync(folder, TimeProvider.System);
        var serviceEvent = OwnSample.NewServiceEvent();
        var note = OwnSample.NewNote(serviceEvent.ServiceEvent);
        Assert.Equal("AA", (await simulator.SendAsync(serviceEvent)).Type);
        Assert.Equal("AA", (await simulator.SendAsync(note)).Type);
        return (serviceEvent, note);
    }
}
