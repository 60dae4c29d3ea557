using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Testing;

[assembly: AssemblyFixture(typeof(CareRecords.Tests.CareDatabase))]

namespace CareRecords.Tests;

/// <summary>One migrated care database for the tests that make patients of their own, with a practice and one controller in it.</summary>
public sealed class CareDatabase() : CareDatabaseFixture
{
    /// <summary>/fhir on this database; projected types have an owner that lets everything through to the store.</summary>
    internal FhirServer Server { get; private set; } = null!;

    private Lazy<Task<FhirServer>> _open = null!;

    /// <summary>/fhir on this database as a conformance run has it: every R4 type, open to every client.</summary>
    internal Task<FhirServer> OpenServer => _open.Value;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _open = new(() => FhirServer.StartAsync(this, new() { ["Fhir:Conformance"] = "true" }));
        Server = await FhirServer.StartAsync(this, more: s => Projections.AddTo(s, "Patient", "Encounter"));

        // The first validation compiles rules; tests of concurrency measure what comes after.
        using var client = await Server.ClientAsync();
        foreach (var type in (string[])["Patient", "Organization"])
        {
            (await client.PostAsync(type, FhirHttp.Content($$"""{"resourceType":"{{type}}","identifier":[{"system":"urn:test","value":"warm"}]}"""))).EnsureSuccessStatusCode();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_open.IsValueCreated)
        {
            await (await _open.Value).DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A migrated care database, its practice, and the services that the host would build on it.</summary>
public abstract class CareDatabaseFixture()
    : PostgresFixture("care", [typeof(CareContext).Assembly], MigrateAsync)
{
    public static ControllerFacts Controller { get; } = new(
        Guid.Parse("0193a000-0000-7000-8000-000000000001"), "Testihoitola Oy", "company", "1.2.246.10.99999999.19.0", "1.2.246.10.99999999.10.0",
        "Testihoitola Oy", "1.2.246.10.99999999.10.1", "Toimipiste", "1.2.246.10.99999999", "3", "1.2.246.10.99999999.22");

    private NpgsqlDataSource? _keyDataSource;

    public ServiceProvider Services { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Services = Build([]);
        await using var work = new UnitOfWork(DataSource);
        await SetUpPractice.HandleAsync(
            work,
            new SetUpPractice.Request
            {
                Name = "Testihoitola",
                Environment = KantaEnvironment.Simulated,
                OrganizationOid = "1.2.246.10.99999999",
                Controllers = [Controller],
            },
            default);
        await work.CommitAsync();
    }

    /// <summary>Services with the given settings, on the same database and keys.</summary>
    public ServiceProvider Build(Dictionary<string, string?> settings, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging();
        AddTo(services);
        more?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>What the host would register, on this database.</summary>
    public void AddTo(IServiceCollection services) => services
        .AddSingleton(DataSource)
        .AddSingleton(new KeyDatabase(KeyDataSource))
        .AddSingleton(Keys)
        .AddSingleton(TimeProvider.System)
        .AddCareRecords();

    // A pool of its own, as the host has: a writer that holds locks needs keys.
    private NpgsqlDataSource KeyDataSource => _keyDataSource ??= NpgsqlDataSource.Create(ConnectionString);

    public MasterKeys Keys { get; } = MasterKeys.Ephemeral();

    /// <summary>A scope in which this person acts.</summary>
    public AsyncServiceScope As(UserRole role, string name = "Testaaja", ServiceProvider? services = null)
    {
        var scope = (services ?? Services).CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), name, role);
        return scope;
    }

    public override async ValueTask DisposeAsync()
    {
        if (Services is { } services)
        {
            await services.DisposeAsync();
        }

        if (_keyDataSource is { } keys)
        {
            await keys.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static async Task MigrateAsync(string owner, CancellationToken cancel)
    {
        await ModuleMigrations.ApplyAsync(
            [ModuleMigrations.For<CareContext>(CareContext.Schema, 10, o => new CareContext(o))], owner, cancel);
        await using var dataSource = NpgsqlDataSource.Create(owner);
        await using var keys = dataSource.CreateCommand(KeyDatabase.Schema);
        await keys.ExecuteNonQueryAsync(cancel);
    }
}
