using CareRecords.Database;
using CareRecords.Practice;
using Npgsql;

namespace KantaConnector.Retrieval;

/// <summary>
/// The state between a restore from backup and its reconciliation: the installation epoch is raised, so that no OID and no message id is issued twice, and
/// the queue stands still.
/// </summary>
public static class AfterRestore
{
    /// <summary>
    /// A start on a database whose epoch is lower than one that this machine has seen: it was restored from a backup, whether or not anybody says so, and for
    /// the second time if that was said the first time.
    /// </summary>
    /// <returns>Whether it was; the queue then waits for <c>care kanta reconcile</c>.</returns>
    public static async Task<bool> NoticeAsync(NpgsqlDataSource database, SeenEpochs seen, CancellationToken cancel)
    {
        await using var work = new UnitOfWork(database);
        if (!await work.ScalarAsync<bool>("select to_regclass('care.installation_epoch') is not null and to_regclass('kanta.endpoint') is not null", cancel)
            || await InDatabase(work, cancel) is not var (practice, epoch))
        {
            return false;
        }
        if (seen.Highest(practice) <= epoch)
        {
            seen.Add(practice, epoch);
            return false;
        }
        await Begin(work, seen, cancel);
        await work.CommitAsync(cancel);
        return true;
    }

    /// <summary>
    /// Declares that the database was restored. Once: a second call before <see cref="End"/> changes nothing, unless the backup itself was made between the two.
    /// The caller commits, and lets the practice's directory forget.
    /// </summary>
    internal static async Task Begin(UnitOfWork work, SeenEpochs seen, CancellationToken cancel)
    {
        // One at a time; whoever waited sees the other's epoch.
        await work.ExecuteAsync("select from kanta.endpoint order by way for update", cancel);
        var (practice, epoch) = await InDatabase(work, cancel) ?? throw new InvalidOperationException("No practice is set up in this database.");
        var highest = Math.Max(epoch, seen.Highest(practice));
        if (await work.ExecuteAsync("update kanta.endpoint set restored_at = clock_timestamp() where restored_at is null", cancel) == 0 && highest == epoch)
        {
            return;
        }
        seen.Add(practice, highest + 1);
        await work.ExecuteAsync("insert into care.installation_epoch (epoch, reason) values ($1, 'restored from a backup')", cancel, highest + 1);
    }

    private static async Task<(Guid Id, int Epoch)?> InDatabase(UnitOfWork work, CancellationToken cancel) => (await work.QueryAsync(
        "select id, (select max(epoch) from care.installation_epoch) from care.practice",
        reader => ((Guid, int)?)(reader.GetGuid(0), reader.GetInt32(1)), cancel)).SingleOrDefault();

    internal static async Task<bool> IsOpen(UnitOfWork work, CancellationToken cancel) =>
        await work.ScalarAsync<bool>("select bool_or(restored_at is not null) from kanta.endpoint", cancel);

    /// <summary>The queue may go on. The caller commits.</summary>
    internal static async Task End(UnitOfWork work, CancellationToken cancel)
    {
        await work.ExecuteAsync("update kanta.endpoint set restored_at = null, hold = null", cancel);
        await work.ExecuteAsync("select pg_notify($1, '')", cancel, Queue.QueueDocument.Channel);
    }
}
