using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>The real program on a data folder, with its PostgreSQL and the simulated archive; it may be killed and started again.</summary>
internal sealed class PracticeProcess(string data, params string[] settings)
{
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>The same after each start.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Of the last start.</summary>
    public string Simulator { get; private set; } = "";

    /// <summary>Where the data really lies: not in the folder named when the database's account may not enter that.</summary>
    public string Data { get; private set; } = "";

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Program("Booking"), "run", "--demo", "--simulator", Program("KantaSimulator"), "--data", data, "--json",
            "--urls", Address.ToString(), "--Demo:Visits=false", .. settings,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = _process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith('{') && JsonDocument.Parse(line).RootElement is var ready && ready.TryGetProperty("address", out _))
            {
                Data = ready.GetProperty("data").GetString()!;
                Simulator = ready.GetProperty("simulator").GetString()!.TrimEnd('/');
                _ = process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The application did not start: " + await errors);
    }

    /// <summary>The built program of this name, of the same configuration as these tests.</summary>
    public static string Program(string name)
    {
        var build = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        return Path.Combine(Root(), "src", name, "bin", build, "net10.0", name + ".dll");
    }

    /// <summary>SIGKILL to the application alone: its database and its simulator live on, as after a crash.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGKILL to the database server and all of its processes.</summary>
    public void KillPostgres()
    {
        var postmaster = int.Parse(File.ReadLines(Find("postmaster.pid")).First(), CultureInfo.InvariantCulture);
        foreach (var status in Directory.EnumerateDirectories("/proc").Select(d => Path.Combine(d, "stat")).Where(File.Exists).ToList())
        {
            if (Stat(status) is [.., var parent] && parent == postmaster)
            {
                Signal(int.Parse(Path.GetFileName(Path.GetDirectoryName(status))!, CultureInfo.InvariantCulture), "KILL");
            }
        }

        Signal(postmaster, "KILL");
    }

    /// <summary>Stops everything and removes the data.</summary>
    public async Task EndAsync()
    {
        await StopAsync();
        foreach (var folder in new[] { Data, data }.Distinct().Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task StopAsync()
    {
        if (_process is not { HasExited: false } process)
        {
            return;
        }

        // The program stops its simulator and its cluster itself.
        Signal(process.Id, "TERM");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        process.Dispose();
        _process = null;
    }

    /// <summary>The superuser's connection to the embedded cluster, for locks that stop a transaction where a test wants it.</summary>
    public string Superuser()
    {
        var secrets = JsonDocument.Parse(File.ReadAllText(Find("passwords.json"))).RootElement;
        // Line 5 of postmaster.pid is the folder of the socket.
        var socket = File.ReadLines(Find("postmaster.pid")).ElementAt(4);
        return $"Host={socket};Username=postgres;Password={secrets.GetProperty("Superuser").GetString()};Database=carerecords;Pooling=false";
    }

    private string Find(string file) => Directory.EnumerateFiles(Data, file, SearchOption.AllDirectories).First();

    private static int[] Stat(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return [int.Parse(text[(text.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture)];
        }
        catch (IOException)
        {
            // The process ended between two looks.
            return [];
        }
    }

    private static void Signal(int pid, string name)
    {
        using var kill = Process.Start("kill", ["-" + name, pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    // Below those that the kernel gives to outgoing connections: while the program is dead or not yet there, nobody comes to stand on its port.
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: another one.
                continue;
            }
        }
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
