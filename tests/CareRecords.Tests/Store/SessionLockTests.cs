using CareRecords.Audit;
using CareRecords.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Store;

/// <summary>Pooled connections are not reset between uses, so what a session holds must be given up by whoever took it.</summary>
public sealed class SessionLockTests(SessionLockTests.OwnDatabase database) : IClassFixture<SessionLockTests.OwnDatabase>
{
    /// <summary>The sealer is one a database.</summary>
    public sealed class OwnDatabase : CareDatabaseFixture;

    private const long Key = 4_711;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lock_IsTakenByOne_AndFreeAgainOnceReleased_ThoughItsConnectionStaysInThePool()
    {
        await using var pool = OneConnection();
        await using var other = await database.DataSource.OpenConnectionAsync(Cancel);
        await using (var connection = await pool.OpenConnectionAsync(Cancel))
        {
            (await SessionLock.TryTakeAsync(connection, Key, Cancel)).ShouldBeTrue();
            (await SessionLock.TryTakeAsync(other, Key, Cancel)).ShouldBeFalse();
            await SessionLock.ReleaseAsync(connection, Key);
        }

        (await SessionLock.TryTakeAsync(other, Key, Cancel)).ShouldBeTrue();
        await SessionLock.ReleaseAsync(other, Key);
    }

    [Fact]
    public async Task Sealer_ThatCannotResume_LeavesNoLockInThePool()
    {
        await using var pool = OneConnection();
        await using (var superuser = NpgsqlDataSource.Create(database.SuperuserConnectionString))
        {
            await ExecuteAsync(superuser, "alter table care.access_tree_head rename to hidden");
            try
            {
                await Should.ThrowAsync<PostgresException>(() => SealLog.TryBeginAsync(pool, Signer(), TimeProvider.System, Cancel));
            }
            finally
            {
                await ExecuteAsync(superuser, "alter table care.hidden rename to access_tree_head");
            }
        }

        await using var next = await SealLog.TryBeginAsync(database.DataSource, Signer(), TimeProvider.System, Cancel);
        next.ShouldNotBeNull();
    }

    private NpgsqlDataSource OneConnection() =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, NoResetOnClose = true });

    private LogSigner Signer() => database.Services.GetRequiredService<LogSigner>();

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
