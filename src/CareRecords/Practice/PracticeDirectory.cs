using CareRecords.Database;
using Npgsql;

namespace CareRecords.Practice;

/// <summary>The practice's facts, read once and again after <see cref="Forget"/>; they change only by an administrator's act.</summary>
/// <param name="seen">Told the epoch whenever it is read; null where nothing outside the database is kept.</param>
public sealed class PracticeDirectory(NpgsqlDataSource dataSource, SeenEpochs? seen = null)
{
    private PracticeFacts? _facts;

    /// <summary>The facts; null on a database in which no practice was set up yet.</summary>
    public async ValueTask<PracticeFacts?> FindAsync(CancellationToken cancel = default) => _facts ??= await ReadAsync(cancel);

    /// <summary>The facts; throws where no practice was set up.</summary>
    public async ValueTask<PracticeFacts> GetAsync(CancellationToken cancel = default) =>
        await FindAsync(cancel) ?? throw new InvalidOperationException("No practice is set up in this database: run `care setup`.");

    /// <summary>To be called after the practice or a controller was changed.</summary>
    public void Forget() => _facts = null;

    private async Task<PracticeFacts?> ReadAsync(CancellationToken cancel)
    {
        await using var work = new UnitOfWork(dataSource);
        // The practice before its controllers: whoever sees the one that is just being set up then sees the others too.
        var practices = await work.QueryAsync(
            """
            select id, name, environment, organization_oid, joined_archive_on, time_zone,
              (select max(epoch) from care.installation_epoch)
            from care.practice
            """,
            r => new PracticeFacts(
                r.GetGuid(0), r.GetString(1), Enum.Parse<KantaEnvironment>(r.GetString(2), ignoreCase: true), r.GetString(3),
                r.IsDBNull(4) ? null : r.GetFieldValue<DateOnly>(4), TimeZoneInfo.FindSystemTimeZoneById(r.GetString(5)), r.GetInt32(6), []),
            cancel);
        var controllers = await work.QueryAsync(
            """
            select id, name, kind, controller_oid, producer_oid, producer_name, unit_oid, unit_name, oid_root, register_code, temporary_id_root
            from care.controller order by created_at, id
            """,
            r => new ControllerFacts(
                r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7),
                r.GetString(8), r.GetString(9), r.GetString(10)),
            cancel);
        if (practices.SingleOrDefault() is not { } practice)
        {
            return null;
        }

        seen?.Add(practice.Id, practice.Epoch);
        return practice with { Controllers = controllers };
    }
}
