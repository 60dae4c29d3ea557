using CareRecords.Database;
using CareRecords.Practice;

namespace KantaConnector.Retrieval;

/// <summary>
/// The state between a restore from backup and its reconciliation: the installation epoch is raised, so that no OID and no message id is issued twice, and
/// the queue stands still.
/// </summary>
internal static class AfterRestore
{
    /// <summary>Declares that the database was restored. Once: a second call before <see cref="End"/> changes nothing. The caller commits.</summary>
    public static async Task Begin(UnitOfWork work, PracticeDirectory practices, CancellationToken cancel)
    {
        if (await work.ExecuteAsync("update kanta.endpoint set restored_at = clock_timestamp() where restored_at is null", cancel) > 0)
        {
            await work.ExecuteAsync("insert into care.installation_epoch (epoch, reason) select max(epoch) + 1, 'restored from a backup' from care.installation_epoch", cancel);
            practices.Forget();
        }
    }

    public static async Task<bool> IsOpen(UnitOfWork work, CancellationToken cancel) =>
        await work.ScalarAsync<bool>("select bool_or(restored_at is not null) from kanta.endpoint", cancel);

    /// <summary>The queue may go on. The caller commits.</summary>
    public static async Task End(UnitOfWork work, CancellationToken cancel)
    {
        await work.ExecuteAsync("update kanta.endpoint set restored_at = null, hold = null", cancel);
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, Queue.QueueDocument.Channel);
    }
}
