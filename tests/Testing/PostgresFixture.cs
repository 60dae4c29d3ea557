using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Booking.Host.Postgres;
using Npgsql;
using Xunit;

namespace Testing;

/// <summary>
/// A migrated database of its own in the run's throw-away PostgreSQL cluster. Derive once in each test project, naming the migrations, and use it
/// as a class fixture (a database for each test class) or an assembly fixture (one for all; each test then makes its own patient).
/// </summary>
/// <param name="name">Short, lower case; stands in the template's name.</param>
/// <param name="migrationsIn">The assemblies that hold the migrations: the template is rebuilt when one of them was built anew.</param>
/// <param name="migrateAsync">Brings an empty database up to date; gets a connection string with the owner's rights. Rights of the application's
/// role are given afterwards.</param>
/// <param name="ownServer">On a server of its own, durable, which may be killed and restarted.</param>
public abstract class PostgresFixture(
    string name, IReadOnlyCollection<Assembly> migrationsIn, Func<string, CancellationToken, Task> migrateAsync, bool ownServer = false) : IAsyncLifetime
{
    private readonly string _database = $"t_{Guid.NewGuid():N}";
    private TestCluster _cluster = null!;

    /// <summary>As the application connects: rows, but no DDL. Pass it as ConnectionStrings:CareRecords (and :Keys).</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>As `care migrate` connects.</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>For faults that only a superuser can cause.</summary>
    public string SuperuserConnectionString { get; private set; } = "";

    /// <summary>A pool for the application's role.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        _cluster = ownServer ? await TestCluster.OwnAsync(CancellationToken.None) : await TestCluster.JoinAsync(CancellationToken.None);
        var template = await _cluster.TemplateAsync(name, Fingerprint(), migrateAsync, CancellationToken.None);
        await _cluster.CopyAsync(template, _database, CancellationToken.None);
        ConnectionString = _cluster.Application(_database);
        OwnerConnectionString = _cluster.Owner(_database);
        SuperuserConnectionString = _cluster.Superuser(_database);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (DataSource is { } dataSource)
        {
            await dataSource.DisposeAsync();
        }

        if (_cluster is { } cluster)
        {
            await cluster.DropAsync(_database, CancellationToken.None);
            await cluster.LeaveAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>SIGKILL to all processes of the server, which must be the fixture's own.</summary>
    public void KillServer() => Own().Kill();

    public Task StartServerAgainAsync() => Own().StartAgainAsync(CancellationToken.None);

    /// <param name="mode">fast or immediate, of pg_ctl.</param>
    public Task RestartServerAsync(string mode) => Own().RestartAsync(mode, CancellationToken.None);

    private TestCluster Own() => ownServer ? _cluster : throw new InvalidOperationException("The server is shared with other tests.");

    // A module's version id changes with every change of its code (builds are deterministic): a safe superset of "the migrations changed".
    private string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('|', migrationsIn.Append(typeof(PostgresFixture).Assembly).Select(a => a.ManifestModule.ModuleVersionId).Order()))))[..12];
}
