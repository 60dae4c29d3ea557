using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

public sealed class ApplicationRoleTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    [Theory]
    [InlineData("create table care.extra (id int)")]
    [InlineData("create table public.extra (id int)")]
    [InlineData("create schema extra")]
    [InlineData("alter table care.practice add column extra int")]
    [InlineData("truncate care.idempotency")]
    [InlineData("update care.access_leaf set actor_name = 'x'")]
    [InlineData("delete from care.access_leaf")]
    [InlineData("delete from care.access_leaf_patient")]
    [InlineData("delete from care.migrations")]
    [InlineData("set role carerecords_owner")]
    [InlineData("copy care.practice to '/tmp/x'")]
    public async Task ApplicationRole_OnDdlOrTheAccessLog_IsRefused(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        var refused = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        refused.SqlState.ShouldBe("42501");
    }

    [Fact]
    public async Task ApplicationRole_HasNeitherSuperuserNorBypassRls()
    {
        await using var command = database.DataSource.CreateCommand(
            "select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user");
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(false);
    }

    [Fact]
    public async Task ApplicationRole_OnRows_ReadsAndWrites()
    {
        await using var command = database.DataSource.CreateCommand(
            "insert into care.idempotency (key, use_case) values (gen_random_uuid(), 'test') returning use_case");
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("test");
    }
}
