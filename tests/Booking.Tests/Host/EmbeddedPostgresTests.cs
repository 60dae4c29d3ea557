using System.Diagnostics;
using Booking.Host;
using Booking.Host.Database;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

/// <summary>The cluster that the product runs for itself, durable as in production, in a folder thrown away afterwards.</summary>
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cr-{Guid.NewGuid():N}"[..14]);

    [Fact]
    public async Task Cluster_JoinedKilledAndReopened_KeepsItsDataAndStopsWithTheLastProgram()
    {
        var cancel = TestContext.Current.CancellationToken;
        var settings = HostSettings.Load(_folder, []);
        await using (var first = await OpenPractice.OpenAsync(settings, migrate: true, cancel))
        {
            first.Access.Embedded!.Started.ShouldBeTrue();
            (await DurabilityCheck.SettingsAsync(first.DataSource, cancel)).Values.ShouldAllBe(v => v == "on");
            await ExecuteAsync(first.DataSource, "insert into care.idempotency (key, use_case) values (gen_random_uuid(), 'kept')");

            await using (var second = await OpenPractice.OpenAsync(settings, migrate: false, cancel))
            {
                second.Access.Embedded!.Started.ShouldBeFalse();
                (await CountAsync(second.DataSource)).ShouldBe(1);
            }

            // The second program has left: the first one's server goes on.
            (await CountAsync(first.DataSource)).ShouldBe(1);

            using (var server = Process.GetProcessById(ServerProcess()))
            {
                server.Kill();
                await server.WaitForExitAsync(cancel);
            }

            (await first.Access.Embedded.RestartIfGoneAsync(cancel)).ShouldBeTrue();
            first.DataSource.Clear();
            (await CountAsync(first.DataSource)).ShouldBe(1);
        }

        File.Exists(Path.Combine(_folder, "postgres/server/data/postmaster.pid")).ShouldBeFalse();
        File.Delete(settings.MasterKeyFile);
        await using (var third = await OpenPractice.OpenAsync(settings, migrate: false, cancel))
        {
            File.Exists(settings.MasterKeyFile).ShouldBeTrue("an empty database may still get its keys");
            await ExecuteAsync(
                third.DataSource,
                "insert into host.data_protection_key (name, content) values ('k', '<key/>')");
        }

        File.Delete(settings.MasterKeyFile);
        var refused = await Should.ThrowAsync<StartupException>(() => OpenPractice.OpenAsync(settings, migrate: false, cancel));
        refused.Message.ShouldContain("master.json");
        File.Exists(settings.MasterKeyFile).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_OnSettingsThatLoseData_IsRefusedWithWhatToChange()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var database = new HostDatabase();
        await database.InitializeAsync();
        var settings = HostSettings.Load(
            _folder, [$"--ConnectionStrings:CareRecords={database.ConnectionString}", $"--ConnectionStrings:Keys={database.ConnectionString}"]);
        var refused = await Should.ThrowAsync<StartupException>(() => OpenPractice.OpenAsync(settings, migrate: false, cancel));
        refused.Message.ShouldContain("fsync = on");
        refused.Message.ShouldContain("synchronous_commit = on");
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private int ServerProcess() =>
        int.Parse(File.ReadLines(Path.Combine(_folder, "postgres/server/data/postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<long> CountAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand("select count(*) from care.idempotency");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
