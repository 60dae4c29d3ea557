using CareRecords.Access;
using CareRecords.Audit;
using CareRecords.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Audit;

/// <summary>Each way of tampering, done as a superuser past every right and trigger; the verifier names the first bad entry.</summary>
public sealed class VerifyLogTests : CareDatabaseFixture
{
    private readonly string _heads = Path.Combine(Path.GetTempPath(), $"heads-{Guid.NewGuid():N}.jsonl");
    private ServiceProvider _services = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _services = Build(new() { ["AccessLog:HeadsFile"] = _heads, ["AccessLog:ExportEvery"] = "00:00:00" });
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        File.Delete(_heads);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Verify_AnUntouchedLog_FindsNothing()
    {
        await FillAsync(rounds: 5, each: 4);
        var result = await VerifyAsync();
        (result.Sealed, result.Unsealed, result.ExportedHeads, result.Fault).ShouldBe((20, 0, 5, null));
    }

    [Theory]
    [InlineData("edit", "update care.access_leaf set actor_name = 'Joku Muu' where id = (select leaf_id from care.access_seal where position = 7)", 7)]
    [InlineData("patient added", "insert into care.access_leaf_patient select leaf_id, 'someone' from care.access_seal where position = 3", 3)]
    [InlineData("patient taken away", "delete from care.access_leaf_patient where leaf_id = (select leaf_id from care.access_seal where position = 4)", 4)]
    [InlineData("delete of a leaf", "delete from care.access_leaf_patient where leaf_id = 6; delete from care.access_leaf where id = 6", 5)]
    [InlineData("delete of a leaf and its seal", "delete from care.access_leaf_patient where leaf_id = 9; delete from care.access_leaf where id = 9; delete from care.access_seal where leaf_id = 9", 8)]
    [InlineData("swap", "update care.access_seal s set leaf_id = -1 where position = 2; update care.access_seal set leaf_id = 3 where position = 10; update care.access_seal set leaf_id = 11 where position = 2", 2)]
    [InlineData("insert in the middle", "update care.access_seal set position = 1000 + position where position >= 5; update care.access_seal set position = position - 999 where position >= 1000; insert into care.access_leaf (request_id, actor_name, actor_role, purpose, interaction, resource_type) values (gen_random_uuid(), 'x', 'x', 'x', 'x', 'x'); insert into care.access_seal select 5, max(id), decode(repeat('00', 32), 'hex') from care.access_leaf", 5)]
    [InlineData("tail cut off with its heads", "delete from care.access_tree_head where tree_size > 12; delete from care.access_seal where position >= 12; delete from care.access_leaf_patient where leaf_id > 12; delete from care.access_leaf where id > 12", 12)]
    [InlineData("tail cut off, heads kept", "delete from care.access_seal where position >= 18; delete from care.access_leaf_patient where leaf_id > 18; delete from care.access_leaf where id > 18", 18)]
    [InlineData("entry appended without a head", "insert into care.access_leaf (request_id, actor_name, actor_role, purpose, interaction, resource_type) values (gen_random_uuid(), 'x', 'x', 'x', 'x', 'x'); insert into care.access_seal select 20, max(id), decode(repeat('00', 32), 'hex') from care.access_leaf", 20)]
    [InlineData("head replaced", "update care.access_tree_head set root = decode(repeat('ab', 32), 'hex') where tree_size = 8", 7)]
    public async Task Verify_AfterTampering_NamesTheFirstBadEntry(string how, string sql, long position)
    {
        await FillAsync(rounds: 5, each: 4);
        await TamperAsync(sql);
        var fault = (await VerifyAsync()).Fault;
        fault.ShouldNotBeNull(how);
        fault.Position.ShouldBe(position, fault.What);
    }

    [Fact]
    public async Task Verify_AfterAnEditWithTheChainRecomputed_NamesTheRangeOfTheSignedHead()
    {
        await FillAsync(rounds: 5, each: 4);
        await TamperAsync("update care.access_leaf set actor_name = 'Joku Muu' where id = 10");
        await RechainAsync();
        var fault = (await VerifyAsync()).Fault;
        fault.ShouldNotBeNull();
        fault.What.ShouldContain("from 8 to 11");
    }

    [Fact]
    public async Task Verify_AfterAnOldCopyWasRestored_NamesTheFirstLostEntry()
    {
        await FillAsync(rounds: 2, each: 4);
        await TamperAsync("create schema copy; create table copy.l as table care.access_leaf; create table copy.p as table care.access_leaf_patient; create table copy.s as table care.access_seal; create table copy.h as table care.access_tree_head");
        await FillAsync(rounds: 2, each: 4);
        await TamperAsync("truncate care.access_leaf, care.access_leaf_patient, care.access_seal, care.access_tree_head; insert into care.access_leaf overriding system value table copy.l; insert into care.access_leaf_patient table copy.p; insert into care.access_seal table copy.s; insert into care.access_tree_head table copy.h");
        (await VerifyAsync()).Fault?.Position.ShouldBe(8);
        (await VerifyAsync()).Fault.ShouldNotBeNull();
    }

    [Fact]
    public async Task Verify_AfterALeafCameInBehindTheSealer_NamesItsRow()
    {
        await FillAsync(rounds: 3, each: 2);
        await TamperAsync("insert into care.access_leaf (id, request_id, actor_name, actor_role, purpose, interaction, resource_type) overriding system value values (-5, gen_random_uuid(), 'x', 'x', 'x', 'x', 'x')");
        (await VerifyAsync()).Fault?.LeafId.ShouldBe(-5);
        (await VerifyAsync()).Fault.ShouldNotBeNull();
    }

    [Fact]
    public async Task Seal_WhenALowerIdCommitsLater_StillSealsIt()
    {
        await using var late = new UnitOfWork(DataSource);
        await using var scope = As(UserRole.Practitioner, services: _services);
        await scope.Log().RecordAsync(late, Entry(), TestContext.Current.CancellationToken);
        await FillAsync(rounds: 1, each: 3);
        await late.CommitAsync(TestContext.Current.CancellationToken);
        await FillAsync(rounds: 1, each: 1);
        var result = await VerifyAsync();
        (result.Sealed, result.Unsealed, result.Fault).ShouldBe((5, 0, null));
    }

    [Fact]
    public async Task Seal_OnASecondNode_IsRefusedWhileTheFirstHoldsIt()
    {
        var signer = _services.GetRequiredService<LogSigner>();
        var first = await SealLog.TryBeginAsync(DataSource, signer, TimeProvider.System, TestContext.Current.CancellationToken);
        first.ShouldNotBeNull();
        (await SealLog.TryBeginAsync(DataSource, signer, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBeNull();
        await first.DisposeAsync();
        await using var next = await SealLog.TryBeginAsync(DataSource, signer, TimeProvider.System, TestContext.Current.CancellationToken);
        next.ShouldNotBeNull();
    }

    private static AccessEntry Entry() => new() { Interaction = "read", ResourceType = "Patient", PatientIds = [Some.Id()], Purpose = "treatment" };

    private async Task FillAsync(int rounds, int each)
    {
        await using var sealer = await SealLog.TryBeginAsync(
            DataSource, _services.GetRequiredService<LogSigner>(), TimeProvider.System, TestContext.Current.CancellationToken);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < each; i++)
            {
                await using var scope = As(UserRole.Practitioner, services: _services);
                await scope.Log().RecordAsync(Entry(), TestContext.Current.CancellationToken);
            }

            var head = await sealer!.SealAsync(TestContext.Current.CancellationToken);
            await _services.GetRequiredService<HeadExport>().WriteAsync(head!, TestContext.Current.CancellationToken);
        }
    }

    private async Task<VerifyLog.Result> VerifyAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<VerifyLog>().HandleAsync(TestContext.Current.CancellationToken);
    }

    private async Task TamperAsync(string sql)
    {
        await using var superuser = new NpgsqlConnection(SuperuserConnectionString);
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("set session_replication_role = replica;" + sql, superuser);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var back = new NpgsqlCommand("reset session_replication_role", superuser);
        await back.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What a careful intruder with the source code would do.</summary>
    private async Task RechainAsync()
    {
        await using var superuser = new NpgsqlConnection(SuperuserConnectionString);
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        var leaves = new List<AccessLeaf>();
        await using (var command = new NpgsqlCommand(
            $"select {LeafRows.Columns} from care.access_seal s join care.access_leaf l on l.id = s.leaf_id order by s.position", superuser))
        await using (var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
            {
                leaves.Add(LeafRows.Read(row));
            }
        }

        var chain = new byte[32];
        for (var i = 0; i < leaves.Count; i++)
        {
            chain = SealLog.ChainLink(chain, MerkleTree.LeafHash(leaves[i].Canonical()));
            await using var command = new NpgsqlCommand(
                "set session_replication_role = replica; update care.access_seal set chain = decode('" + Convert.ToHexString(chain)
                + "', 'hex') where position = " + i.ToString(System.Globalization.CultureInfo.InvariantCulture), superuser);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var back = new NpgsqlCommand("reset session_replication_role", superuser);
        await back.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
