using System.Diagnostics;
using System.Text.Json;
using EndToEnd.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningPractice))]

namespace EndToEnd.Tests;

/// <summary>
/// The real application with its real PostgreSQL and the real simulator as processes, on a throw-away data folder and free ports, with the
/// demonstration practice.
/// </summary>
public sealed class RunningPractice : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("cr-e2e-").FullName;
    private Process? _process;

    public string Address { get; private set; } = "";

    public string Simulator { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var root = Root();
        var build = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        string Program(string name) => Path.Combine(root, "src", name, "bin", build, "net10.0", name + ".dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Program("Booking"), "run", "--demo", "--simulator", Program("KantaSimulator"), "--data", _data, "--json", "--Environment=Development",
            "--urls", "http://127.0.0.1:0",
        })
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith('{') && JsonDocument.Parse(line).RootElement is var ready && ready.TryGetProperty("address", out var address))
            {
                Address = address.GetString()!.TrimEnd('/');
                Simulator = ready.GetProperty("simulator").GetString()!.TrimEnd('/');
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The application did not start: " + await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            // SIGTERM: the program stops its simulator and its cluster itself.
            Process.Start("kill", [process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            await process.WaitForExitAsync(patience.Token);
        }

        _process?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CareRecords.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run from a build inside the repository.");
    }
}
