using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace KantaConnector.Tests.Fixtures;

/// <summary>The simulated archive as its own process with its own ledger, started on free ports in a throw-away folder.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly HttpClient web;
    private static (string Name, byte[] Bytes)[]? certificates;

    private SimulatorProcess(Process process, string folder, Uri endpoint, Uri appointments, Uri page)
    {
        (this.process, Folder, Endpoint, Appointments) = (process, folder, endpoint, appointments);
        web = new HttpClient { BaseAddress = page };
    }

    public string Folder { get; }
    public Uri Endpoint { get; }
    public Uri Appointments { get; }
    public string CaFile => Path.Combine(Folder, "certs", "ca.pem");
    public CertificateSource Client => new() { File = Path.Combine(Folder, "certs", "client.pem"), KeyFile = Path.Combine(Folder, "certs", "client-key.pem") };

    public static async Task<SimulatorProcess> Start(params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("kanta-simulator-").FullName;
        // Three RSA keys are made once for all simulators of a run.
        if (Volatile.Read(ref certificates) is { } known)
        {
            var certs = Directory.CreateDirectory(Path.Combine(folder, "certs")).FullName;
            foreach (var (name, bytes) in known)
            {
                await File.WriteAllBytesAsync(Path.Combine(certs, name), bytes);
            }
        }
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Program(), "--data", Path.Combine(folder, "data"), "--dev-certs", Path.Combine(folder, "certs"), "--throw-away" }.Concat(options))
        {
            start.ArgumentList.Add(argument);
        }
        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, said) =>
        {
            if (said.Data is null || said.Data.StartsWith("ready ", StringComparison.Ordinal))
            {
                ready.TrySetResult(said.Data ?? "");
            }
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var line = await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
            Volatile.Write(ref certificates, [.. Directory.GetFiles(Path.Combine(folder, "certs")).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
            var parts = line.Split(' ').Skip(1).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
            return new SimulatorProcess(process, folder, new Uri(parts["mtls"]), new Uri(parts["fhir"]), new Uri(parts["web"]));
        }
        catch (Exception error) when (error is TimeoutException or KeyNotFoundException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException("The simulator did not become ready.", error);
        }
    }

    /// <summary>The report of every message: interaction, outcome, findings.</summary>
    public async Task<JsonElement> Ledger() => await web.GetFromJsonAsync<JsonElement>("/api/ledger?from=1&limit=1000000");

    public Task<byte[]> Document(string oid) => web.GetByteArrayAsync($"/api/documents/{oid}/xml");

    /// <summary>Names of all kinds of garbage.</summary>
    public async Task<string[]> Garbage() =>
        [.. (await web.GetFromJsonAsync<JsonElement>("/api/garbage")).EnumerateArray().Select(kind => kind.GetProperty("name").GetString()!)];

    public async Task Faults(object faults) => (await web.PostAsJsonAsync("/api/faults", faults)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Beside this program in the same checkout and configuration.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "src", "KantaSimulator", "bin", output.Parent!.Name, output.Name, "KantaSimulator.dll");
    }
}
