using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Benchmarks.Store;

namespace Benchmarks.Http;

/// <summary>The published application as a process of its own on a store's data folder, as run.sh starts it.</summary>
internal sealed partial class BenchServer : IAsyncDisposable
{
    private readonly Process _process;

    private readonly string? _folder;

    private BenchServer(Process process, int port, TimeSpan readyAfter, string? folder) =>
        (_process, Port, ReadyAfter, _folder) = (process, port, readyAfter, folder);

    internal int Port { get; }

    /// <summary>From the start of the process until /health/ready answered 200.</summary>
    internal TimeSpan ReadyAfter { get; }

    /// <summary>Resident memory of the application's process.</summary>
    internal double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Processor time so far of the application, and of the server processes of its PostgreSQL.</summary>
    internal (TimeSpan Application, TimeSpan Database) ProcessorTime
    {
        get
        {
            _process.Refresh();
            return (_process.TotalProcessorTime, _folder is null ? TimeSpan.Zero : DatabaseTime(_folder));
        }
    }

    /// <param name="settings">Further settings of the program.</param>
    internal static Task<BenchServer> StartAsync(BenchStore store, params string[] settings) =>
        StartAsync(store.Folder, Program(), ["run", "--data", store.Folder, .. BenchStore.Settings, .. settings]);

    /// <summary>The application with the constant endpoint.</summary>
    internal static Task<BenchServer> StartConstantAsync(BenchStore store) =>
        StartAsync(store.Folder, Environment.ProcessPath!, [ConstantServer.Child, store.Folder, .. BenchStore.Settings]);

    /// <summary>Starts a program that takes --urls and answers /health/ready.</summary>
    private static async Task<BenchServer> StartAsync(string folder, string program, string[] arguments)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments.Append($"--urls=http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"))
        {
            start.ArgumentList.Add(argument);
        }

        var begun = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient();
        while (!await IsReadyAsync(client, port))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException($"{program} did not become ready.");
            }

            await Task.Delay(5);
        }

        return new BenchServer(process, port, Stopwatch.GetElapsedTime(begun), folder);
    }

    /// <summary>Ends it as Ctrl-C does: it drains, and stops its PostgreSQL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, 15);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // bench.sh publishes the application beside the benchmarks.
    private static string Program() => Path.GetFullPath(Environment.GetEnvironmentVariable("BENCH_PROGRAM") ?? "artifacts/app/Booking");

    private static async Task<bool> IsReadyAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }

    // Fields 14 and 15 of /proc/PID/stat are ticks of a hundredth of a second; the postmaster's children are the backends and writers.
    internal static TimeSpan DatabaseTime(string folder)
    {
        var postmaster = File.ReadLines(Path.Combine(folder, "postgres", "server", "data", "postmaster.pid")).First();
        long ticks = 0;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(process, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[1] == postmaster)
                {
                    ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // It ended between two looks.
            }
        }

        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
