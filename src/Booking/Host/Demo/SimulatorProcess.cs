using System.Diagnostics;
using System.Globalization;

namespace Booking.Host.Demo;

/// <summary>
/// The simulated archive as a process of its own, in a session of its own: a Ctrl-C stops it only after the application has drained. Its wire is
/// docs/simulator-wire.md.
/// </summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _pidFile;

    private SimulatorProcess(Process process, string pidFile, Uri messages, Uri appointments, Uri web) =>
        (_process, _pidFile, Messages, Appointments, Web) = (process, pidFile, messages, appointments, web);

    public int Id => _process.Id;

    /// <summary>The message interface over mutual TLS.</summary>
    public Uri Messages { get; }

    /// <summary>The appointment interface over mutual TLS.</summary>
    public Uri Appointments { get; }

    /// <summary>The page that shows what is archived.</summary>
    public Uri Web { get; }

    /// <summary>Starts it on its ledger, with development certificates that it makes once, and waits for its line `ready …`.</summary>
    public static async Task<SimulatorProcess> StartAsync(string program, string folder, string certificates, IConfiguration configuration, CancellationToken cancel)
    {
        var pidFile = Path.Combine(folder, "simulator.pid");
        Directory.CreateDirectory(folder);
        await StopLeftOverAsync(pidFile, program, cancel);
        var start = new ProcessStartInfo("setsid") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments =
        [
            "dotnet", program, "--data", folder, "--dev-certs", certificates, "--mtls-port", configuration["Simulator:MtlsPort"] ?? "0",
            "--web-port", configuration["Simulator:WebPort"] ?? "0",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new StartupException("The simulator could not be started.");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(pidFile, process.Id.ToString(CultureInfo.InvariantCulture), cancel);
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new SimulatorProcess(process, pidFile, Named(line, "mtls"), Named(line, "fhir"), Named(line, "web"));
            }
        }

        throw new StartupException($"The simulator did not start: {(await errors).Trim()}");
    }

    /// <summary>Ends it the polite way and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await TerminateAsync(_process.Id);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        File.Delete(_pidFile);
        _process.Dispose();
    }

    private static Uri Named(string line, string name) =>
        new(line.Split(' ').Single(p => p.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..]);

    // After a kill -9 of the application its simulator lives on and holds the ledger: it is ours to stop, and only it.
    private static async Task StopLeftOverAsync(string pidFile, string program, CancellationToken cancel)
    {
        if (!File.Exists(pidFile) || !int.TryParse(await File.ReadAllTextAsync(pidFile, cancel), CultureInfo.InvariantCulture, out var pid))
        {
            return;
        }

        var commandLine = $"/proc/{pid}/cmdline";
        for (var i = 0; i < 100 && File.Exists(commandLine) && (await File.ReadAllTextAsync(commandLine, cancel)).Contains(program, StringComparison.Ordinal); i++)
        {
            if (i == 0)
            {
                await TerminateAsync(pid);
            }

            await Task.Delay(100, cancel);
        }
    }

    private static async Task TerminateAsync(int pid)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {pid}")]);
        await kill.WaitForExitAsync();
    }
}
