using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace KantaConnector.Records;

/// <summary>
/// Queues, at each start, what was recorded as informed, permitted or denied before its form was configured. What was withdrawn meanwhile is left alone, since
/// the archive never had it. Safe to run twice and on several nodes.
/// </summary>
internal sealed class SendRecordedForms(IServiceScopeFactory scopes, IOptions<KantaOptions> options, TimeProvider clock, ILogger<SendRecordedForms> log) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var kinds = new[] { RecordInforming.Kanta, RecordInforming.Permission, RecordInforming.Denial }.Where(kind => options.Value.UnverifiedForms.Of(kind).IsSet).ToArray();
        Guid? after = kinds.Length == 0 ? null : Guid.Empty;
        while (after is { } last && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                after = await Next(last, kinds, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                log.LogError(error, "Forms that were recorded before they were configured could not be queued; next try in {Pause}.", Pause);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Where the next turn begins; null when this was the last.</returns>
    private async Task<Guid?> Next(Guid after, string[] kinds, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('kanta.recorded_forms', 0))", cancel);
        var recorded = await work.QueryAsync(
            """
            select id from care.informing where id > $1 and kind = any($2) and not elsewhere and controller_id is not null and withdrawn_at is null
            order by id limit $3
            """, reader => reader.GetGuid(0), cancel, after, kinds, Batch);
        if (recorded.Count == 0)
        {
            return null;
        }
        var known = (await work.QueryAsync("select informing_id from kanta.document where informing_id = any($1)", reader => reader.GetGuid(0), cancel, recorded.ToArray())).ToHashSet();
        foreach (var act in recorded.Where(act => !known.Contains(act)))
        {
            await scope.ServiceProvider.GetRequiredService<ArchiveInforming>().RecordedAsync(act, 1, work, cancel);
        }
        await work.CommitAsync(cancel);
        return recorded[^1];
    }
}
