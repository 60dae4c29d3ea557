using CareRecords.Access;
using CareRecords.Audit;
using CareRecords.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Audit;

public sealed class AccessLogTests(CareDatabase database)
{
    [Fact]
    public async Task Record_AReadOfTwoPatients_ShowsInBothHistoriesWithNameRoleAndGround()
    {
        var (first, second) = (Some.Id(), Some.Id());
        await using (var scope = database.As(UserRole.Practitioner, "Tiina Terapeutti"))
        {
            await scope.Log().RecordAsync(Read("Encounter", [first, second, first]), TestContext.Current.CancellationToken);
        }

        foreach (var patient in (string[])[first, second])
        {
            await using var scope = database.As(UserRole.Customer, "Asta Asiakas");
            var seen = await scope.ServiceProvider.GetRequiredService<AccessHistory>().OfPatientAsync(patient, cancel: TestContext.Current.CancellationToken);
            seen.Count.ShouldBe(2, "the read, and the customer's own look at the log");
            var read = seen[1];
            (read.ActorName, read.ActorRole, read.Purpose, read.ResourceType).ShouldBe(("Tiina Terapeutti", "Practitioner", "treatment", "Encounter"));
            read.PatientIds.ShouldBe(new[] { first, second }.Order(StringComparer.Ordinal));
            seen[0].ResourceType.ShouldBe("AccessLog");
        }
    }

    [Fact]
    public async Task Record_InATransactionThatRollsBack_LeavesNothing()
    {
        var patient = Some.Id();
        await using var scope = database.As(UserRole.Practitioner);
        await using (var work = new UnitOfWork(database.DataSource))
        {
            await scope.Log().RecordAsync(work, Read("Patient", [patient]), TestContext.Current.CancellationToken);
        }

        (await LeavesAsync(patient)).ShouldBe(0);
    }

    [Fact]
    public async Task Record_From500RequestsAtOnce_IsDurableForEachWhenItReturns()
    {
        var patient = Some.Id();
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, cancel) =>
        {
            await using var scope = database.As(UserRole.Practitioner);
            await scope.Log().RecordAsync(Read("Patient", [patient]), cancel);
        });

        (await LeavesAsync(patient)).ShouldBe(500);
    }

    [Fact]
    public async Task Record_FromRequestsThatHoldEveryConnectionOfThePool_WaitsForNone()
    {
        const int Pool = 3;
        var patient = Some.Id();
        await using var small = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = Pool, Timeout = 5 });
        await using var services = database.Build([], s => s.AddSingleton(small));
        await using (var first = database.As(UserRole.Practitioner, services: services))
        {
            await first.Log().RecordAsync(Read("Patient", [patient]), TestContext.Current.CancellationToken);
        }

        // These requests hold all that the log leaves to them while they wait for their entries.
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = Pool }, async (_, cancel) =>
        {
            await using var scope = database.As(UserRole.Practitioner, services: services);
            await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ConnectionAsync(cancel);
            await scope.Log().RecordAsync(Read("Patient", [patient]), cancel);
        });

        (await LeavesAsync(patient)).ShouldBe(41);
    }

    [Fact]
    public async Task Record_AfterTheServerEndedItsConnection_GoesOnWithAnother()
    {
        var patient = Some.Id();
        var name = $"log-{Guid.NewGuid():N}";
        await using var own = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = name });
        await using var services = database.Build([], s => s.AddSingleton(own));
        await using var scope = database.As(UserRole.Practitioner, services: services);
        await scope.Log().RecordAsync(Read("Patient", [patient]), TestContext.Current.CancellationToken);
        await using (var admin = NpgsqlDataSource.Create(database.SuperuserConnectionString))
        await using (var end = admin.CreateCommand($"select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '{name}'"))
        {
            (await end.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(1L);
        }

        await scope.Log().RecordAsync(Read("Patient", [patient]), TestContext.Current.CancellationToken);
        (await LeavesAsync(patient)).ShouldBe(2);
    }

    [Fact]
    public async Task Record_WhenTheTableCannotBeWritten_FailsTheAccess()
    {
        await using var broken = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Options = "-c default_transaction_read_only=on",
        }.ConnectionString);
        await using var services = database.Build([], s => s.AddSingleton(broken));
        await using var scope = database.As(UserRole.Practitioner, services: services);
        await Should.ThrowAsync<AccessLogUnavailableException>(
            async () => await scope.Log().RecordAsync(Read("Patient", [Some.Id()]), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("update care.access_leaf set actor_name = 'x'")]
    [InlineData("delete from care.access_leaf")]
    [InlineData("delete from care.access_leaf_patient")]
    [InlineData("update care.access_seal set leaf_id = 0")]
    [InlineData("delete from care.access_tree_head")]
    [InlineData("truncate care.access_seal")]
    public async Task Change_ByTheApplicationsRole_IsRefused(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        var refusal = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    private static AccessEntry Read(string type, string[] patients) => new()
    {
        Interaction = "read",
        ResourceType = type,
        ResourceId = Some.Id(),
        PatientIds = patients,
        Purpose = "treatment",
    };

    private async Task<long> LeavesAsync(string patient)
    {
        await using var command = database.DataSource.CreateCommand(
            "select count(*) from care.access_leaf_patient where patient_id = $1");
        command.Parameters.Add(new() { Value = patient });
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
