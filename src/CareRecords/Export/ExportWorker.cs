using System.Security.Cryptography;
using System.Text.Json;
using CareRecords.Search;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CareRecords.Export;

/// <summary>Wakes the worker of this node when an export is asked for here; others look every few seconds.</summary>
internal sealed class ExportSignal : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);

    public void Dispose() => _asked.Dispose();

    internal void Wake() => _asked.Release();

    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancel) => _asked.WaitAsync(atMost, cancel);
}

/// <summary>Works at one export at a time, on whichever node claims it, and takes away those whose time is over.</summary>
internal sealed class ExportWorker(NpgsqlDataSource dataSource, ExportSignal signal, ExportStep step, ILogger<ExportWorker> log) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    /// <summary>Something is being written still that the export must see; it is a matter of moments.</summary>
    private static readonly TimeSpan _short = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = _pause;
            try
            {
                var claimed = await ExportClaim.TryAsync(dataSource, stoppingToken);
                if (claimed is not null)
                {
                    await WorkAsync(claimed, stoppingToken);
                    continue;
                }

                pause = await ExportClaim.TidyAsync(dataSource, stoppingToken) ? _short : _pause;
            }
            catch (NpgsqlException e)
            {
                log.LogError(e, "An export stopped on the database; it goes on from its last file.");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await signal.WaitAsync(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(ExportClaim claimed, CancellationToken stop)
    {
        try
        {
            while (await step.RunAsync(claimed, stop))
            {
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await claimed.ReleaseAsync(dataSource);
            throw;
        }
        catch (Exception e) when (e is SearchException or CryptographicException or InvalidDataException or JsonException)
        {
            log.LogError(e, "The export {Export} failed.", claimed.Id);
            await step.FailAsync(claimed, "The export failed by a fault of this server, which was logged.", stop);
        }
    }
}
