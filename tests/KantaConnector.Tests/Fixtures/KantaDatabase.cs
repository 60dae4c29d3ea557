using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using Npgsql;
using Testing;

namespace KantaConnector.Tests.Fixtures;

/// <summary>A migrated database of its own with a practice that has joined the archive; keys live in it too.</summary>
public sealed class KantaDatabase(bool ownServer = false) : PostgresFixture("kanta", [typeof(CareContext).Assembly, typeof(KantaContext).Assembly], Migrate, ownServer)
{
    internal static readonly Guid ControllerId = Guid.Parse("0198f000-0000-7000-8000-000000000001");

    private readonly string keyFolder = Directory.CreateTempSubdirectory("kanta-keys-").FullName;

    internal string KeyFile => Path.Combine(keyFolder, "master.json");
    /// <summary>Outside the database, as the data folder's.</summary>
    internal SeenEpochs Epochs => new(Path.Combine(keyFolder, "epochs"));
    internal MasterKeys Keys { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        MasterKeys.Create(KeyFile);
        Keys = MasterKeys.Load(KeyFile);
        await using var work = new UnitOfWork(DataSource);
        await SetUpPractice.HandleAsync(work, new SetUpPractice.Request
        {
            Name = "Testipraktiikka",
            Environment = KantaEnvironment.Simulated,
            OrganizationOid = $"{Some.Root}.10.0",
            JoinedArchiveOn = new DateOnly(2026, 1, 1),
            Controllers =
            [
                new ControllerFacts(ControllerId, "Toiminimi Testaaja", "self_employed", $"{Some.Root}.19.0", $"{Some.Root}.10.0", "Testaaja Oy",
                    $"{Some.Root}.10.1", "Hoitohuone Harju", Some.Root, "10", $"{Some.Root}.22"),
            ],
        }, CancellationToken.None);
        await work.CommitAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(keyFolder, recursive: true);
    }

    public async Task<T> Scalar<T>(string sql, params object[] parameters)
    {
        await using var work = new UnitOfWork(DataSource);
        return (await work.ScalarAsync<T>(sql, CancellationToken.None, parameters))!;
    }

    public async Task Execute(string sql, params object[] parameters)
    {
        await using var work = new UnitOfWork(DataSource);
        await work.ExecuteAsync(sql, CancellationToken.None, parameters);
        await work.CommitAsync();
    }

    /// <summary>What the dead held is free, as after a while: that it becomes free by itself is for F08 and F09.</summary>
    public Task EndLeases() => Execute("update kanta.document set lease_until = null where lease_until is not null");

    private static async Task Migrate(string owner, CancellationToken cancel)
    {
        await ModuleMigrations.ApplyAsync(
            [
                ModuleMigrations.For<CareContext>(CareContext.Schema, 10, options => new CareContext(options)),
                ModuleMigrations.For<KantaContext>(KantaContext.Schema, 40, options => new KantaContext(options)),
            ], owner, cancel);
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        await using var keys = new NpgsqlCommand(KeyDatabase.Schema, connection);
        await keys.ExecuteNonQueryAsync(cancel);
    }
}
