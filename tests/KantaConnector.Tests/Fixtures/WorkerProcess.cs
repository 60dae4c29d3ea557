using System.Diagnostics;
using System.Text.Json;
using CareRecords.Protection;

namespace KantaConnector.Tests.Fixtures;

/// <summary>
/// This program as a worker in a process of its own, to be killed with SIGKILL: it says "at POINT" when it has reached a crash point the given number
/// of times, and stands still there. With the point "signing" it queues documents and stands still before the commit.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    private WorkerProcess(Process process) => this.process = process;

    public static WorkerProcess Start(KantaDatabase database, IReadOnlyDictionary<string, string?> settings, string point, int hit)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        }
        foreach (var argument in new[] { "--worker", database.ConnectionString, database.KeyFile, JsonSerializer.Serialize(settings), point, hit.ToString(System.Globalization.CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>What the process holds of the machine's memory now.</summary>
    public long Megabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576;
        }
    }

    /// <summary>Waits until the point is reached, then freezes the process (SIGSTOP).</summary>
    public async Task FreezeAtPoint()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await process.StandardOutput.ReadLineAsync(patience.Token);
        if (line?.StartsWith("at ", StringComparison.Ordinal) != true)
        {
            Assert.Fail($"the worker said: {line}");
        }
        await Signal("STOP");
    }

    /// <summary>Lets it go on (SIGCONT), from the point where it stood still.</summary>
    public async Task Thaw()
    {
        await Signal("CONT");
        await process.StandardInput.WriteLineAsync();
    }

    private async Task Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until the point is reached, then kills the process as a power cut would.</summary>
    public async Task KillAtPoint()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await process.StandardOutput.ReadLineAsync(patience.Token);
        if (line?.StartsWith("at ", StringComparison.Ordinal) != true)
        {
            Assert.Fail($"the worker said: {line}");
        }
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(patience.Token);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
    }

    public static async Task<int> Run(string[] arguments)
    {
        var (point, hit) = (arguments[3], int.Parse(arguments[4], System.Globalization.CultureInfo.InvariantCulture));
        var settings = JsonSerializer.Deserialize<Dictionary<string, string?>>(arguments[2])!;
        var listening = Listen();
        await using var node = new Node(arguments[0], MasterKeys.Load(arguments[1]), settings);
        if (point == "signing")
        {
            await node.Queue(Node.Event(1), () => StandStill(point));
            return 0;
        }
        var hits = 0;
        node.Crash.Reached = async reached =>
        {
            if (reached == point && Interlocked.Increment(ref hits) == hit)
            {
                await StandStill(point);
            }
        };
        await node.Start();
        // The parent's end of the pipe closes with the parent: no worker outlives its test.
        await listening;
        return 0;
    }

    private static TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The one reader of the pipe: a line lets whoever stands still go on, its end ends the program.
    private static async Task Listen()
    {
        await Task.Yield();
        while (await Console.In.ReadLineAsync() is not null)
        {
            Interlocked.Exchange(ref told, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    private static async Task StandStill(string point)
    {
        var go = Volatile.Read(ref told).Task;
        Console.WriteLine($"at {point}");
        await go;
    }
}
