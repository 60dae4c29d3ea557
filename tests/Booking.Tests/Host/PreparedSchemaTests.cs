using Booking.Host;
using Booking.Host.Database;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

/// <summary>host.prepared: a start with the build that prepared the database has nothing to do; any other, and a dump from before the note, is prepared.</summary>
public sealed class PreparedSchemaTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_PreparesTheDatabaseOnceABuild_AndAgainWhereTheNoteIsOlderOrGone()
    {
        await MigrateAsync();
        var build = await ScalarAsync("select build from host.prepared");
        build.ShouldBeOfType<string>().ShouldNotBeEmpty();

        // The right stands for everything that preparing does.
        await ExecuteAsync("revoke insert on care.practice from carerecords_app");
        await MigrateAsync();
        (await MayInsertAsync()).ShouldBe(false, "the same build prepares nothing");

        await ExecuteAsync("update host.prepared set build = 'an older one'");
        await MigrateAsync();
        (await MayInsertAsync()).ShouldBe(true, "another build prepares");
        (await ScalarAsync("select build from host.prepared")).ShouldBe(build);

        await ExecuteAsync("revoke insert on care.practice from carerecords_app; drop table host.prepared");
        await MigrateAsync();
        (await MayInsertAsync()).ShouldBe(true, "without the note it prepares");
        (await ScalarAsync("select count(*) from host.prepared")).ShouldBe(1L);
    }

    private async Task MigrateAsync()
    {
        var settings = new HostSettings("/nowhere", new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:CareRecords"] = database.ConnectionString,
            ["ConnectionStrings:Keys"] = database.ConnectionString,
            ["ConnectionStrings:Owner"] = database.OwnerConnectionString,
            ["ConnectionStrings:OwnerKeys"] = database.OwnerConnectionString,
        }).Build());
        // Closing it would close the fixture's pools too.
        var access = await DatabaseAccess.OpenAsync(settings, Cancel);
        await Migrate.HandleAsync(Composition.Migrations(new ConfigurationBuilder().Build()), access, Cancel);
    }

    private Task<object?> MayInsertAsync() => ScalarAsync("select has_table_privilege('carerecords_app', 'care.practice', 'insert')");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var command = owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
