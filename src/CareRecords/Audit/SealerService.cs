using CareRecords.Access;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CareRecords.Audit;

/// <summary>
/// Seals the access log every half second on whichever node holds the lock, and exports heads to a file outside the database, so that a cut-off
/// tail or a restored old copy shows.
/// </summary>
internal sealed class SealerService(
    NpgsqlDataSource dataSource, LogSigner signer, HeadExport export, TimeProvider clock, ILogger<SealerService> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan OtherNodePause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = OtherNodePause;
            try
            {
                await using var sealer = await SealLog.TryBeginAsync(dataSource, signer, clock, stoppingToken);
                if (sealer is not null)
                {
                    await SealAsync(sealer, stoppingToken);
                }
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                log.LogError(e, "Sealing the access log failed; it goes on when the database or the export file is back.");
                pause = TimeSpan.FromSeconds(1);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SealAsync(SealLog sealer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await sealer.SealAsync(stop) is { } head)
            {
                await export.WriteAsync(head, stop);
            }
            else
            {
                await export.FlushAsync(stop);
            }

            if (!sealer.MoreWaits)
            {
                await Task.Delay(Pause, clock, stop);
            }
        }
    }
}
