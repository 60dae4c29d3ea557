using System.Diagnostics;
using System.Globalization;
using Booking.Host.Database;
using Booking.Host.Web;

namespace Benchmarks.Kanta;

/// <summary>The application on a store's folder as a process of its own, its queue pointed at a sink. `--kanta-app FOLDER SETTING…`.</summary>
internal sealed class KantaApp : IAsyncDisposable
{
    private const string Child = "--kanta-app";
    private readonly Process _process;

    private KantaApp(Process process, int port, TimeSpan readyAfter) => (_process, Port, ReadyAfter) = (process, port, readyAfter);

    public int Port { get; }

    /// <summary>From the start of the process until /health/ready answered 200.</summary>
    public TimeSpan ReadyAfter { get; }

    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public static async Task<KantaApp> StartAsync(string folder, IEnumerable<string> settings)
    {
        var port = KantaStore.FreePort();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[Child, folder, .. settings, string.Create(CultureInfo.InvariantCulture, $"--urls=http://127.0.0.1:{port}")])
        {
            start.ArgumentList.Add(argument);
        }

        var watch = Stopwatch.StartNew();
        var process = Process.Start(start) ?? throw new InvalidOperationException("The application did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient();
        while (!await IsReadyAsync(client, port))
        {
            if (process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException("The application did not become ready.");
            }

            await Task.Delay(10);
        }

        return new KantaApp(process, port, watch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The child's part; true where this process is the child.</summary>
    public static async Task<bool> RunAsChildAsync(string[] args)
    {
        if (args is not [Child, var folder, .. var settings])
        {
            return false;
        }

        var loaded = HostSettings.Load(folder, settings);
        await using var access = await OpenPractice.PrepareAsync(loaded, migrate: true, CancellationToken.None);
        await using var app = WebApp.Build(loaded, access);
        await app.StartAsync();
        // Ends with its parent.
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return true;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/health/ready")));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }
}
