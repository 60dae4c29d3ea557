using System.Diagnostics;

namespace Benchmarks.Store;

/// <summary>A copy of a kept store, for a run that writes; gone afterwards.</summary>
internal sealed class BenchCopy(BenchStore store) : IAsyncDisposable
{
    internal BenchStore Store { get; } = store;

    internal static async Task<BenchCopy> OfAsync(BenchStore kept)
    {
        var folder = $"{kept.Folder}-copy-{Environment.ProcessId}";
        // cp keeps owner and mode: the cluster belongs to another account.
        using var copying = Process.Start("cp", ["-a", "--reflink=auto", kept.Folder, folder]);
        await copying.WaitForExitAsync();
        return copying.ExitCode == 0 ? new BenchCopy(kept with { Folder = folder }) : throw new IOException($"{kept.Folder} could not be copied.");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Store.Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
