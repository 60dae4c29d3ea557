using System.Diagnostics;
using Booking.Host.Postgres;
using Npgsql;

namespace Testing;

/// <summary>
/// One throw-away cluster for all test programs of this checkout, in memory where /dev/shm exists, without durability. The last program that
/// leaves stops it; templates stay, so that the next run starts in a fraction of a second.
/// </summary>
internal sealed class TestCluster
{
    private static readonly SemaphoreSlim _gate = new(1);
    private static TestCluster? _current;
    private static int _users;
    private readonly EmbeddedPostgres _postgres;
    private readonly ClusterPlace _place;

    private TestCluster(EmbeddedPostgres postgres, ClusterPlace place) => (_postgres, _place) = (postgres, place);

    /// <summary>Starts or joins the cluster; each join is matched by <see cref="LeaveAsync"/>.</summary>
    public static async Task<TestCluster> JoinAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            _current ??= await OpenAsync(cancel);
            _users++;
            return _current;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A cluster for one test class alone, durable as in production: it may be killed.</summary>
    public static async Task<TestCluster> OwnAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("cr-own-").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var place = ClusterPlace.Under(folder);
        var postgres = await EmbeddedPostgres.OpenAsync(
            place, durable: true, TimeProvider.System, (superuser, secrets) => Provisioning.RolesAsync(superuser, secrets, cancel), cancel);
        return new TestCluster(postgres, place) { IsOwn = true };
    }

    private bool IsOwn { get; init; }

    /// <summary>SIGKILL to the server and all of its processes.</summary>
    public void Kill()
    {
        var server = _place.RunningProcess() ?? throw new InvalidOperationException("The server does not run.");
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -KILL {server} $(cat /proc/{server}/task/*/children)"]);
        kill.WaitForExit();
    }

    /// <summary>After <see cref="Kill"/>; the killed need a moment to be gone.</summary>
    public async Task StartAgainAsync(CancellationToken cancel)
    {
        while (!await _postgres.RestartIfGoneAsync(cancel))
        {
            await Task.Delay(100, cancel);
        }
    }

    /// <param name="mode">fast or immediate, of pg_ctl.</param>
    public Task RestartAsync(string mode, CancellationToken cancel) => new ServerAccount().RunOrThrowAsync(
        Path.Combine(PostgresBinaries.Find(), "pg_ctl"), ["restart", "-D", _place.Data, "-l", _place.Log, "-m", mode, "-w", "-t", "60", "-o", $"-k '{_place.Socket}'"], cancel);

    public async Task LeaveAsync()
    {
        if (IsOwn)
        {
            NpgsqlConnection.ClearAllPools();
            await _postgres.DisposeAsync();
            Directory.Delete(_place.Folder, recursive: true);
            return;
        }

        await _gate.WaitAsync();
        try
        {
            if (--_users == 0)
            {
                _current = null;
                NpgsqlConnection.ClearAllPools();
                await _postgres.DisposeAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public string Application(string database) =>
        Tuned(_postgres.Connection(Provisioning.ApplicationRole, _postgres.Secrets.Application, database));

    public string Owner(string database) => Tuned(_postgres.Connection(Provisioning.OwnerRole, _postgres.Secrets.Owner, database));

    public string Superuser(string database) => Tuned(_postgres.Superuser(database));

    /// <summary>The name of a migrated database to copy, built when there is none with this fingerprint.</summary>
    public async Task<string> TemplateAsync(
        string name, string fingerprint, Func<string, CancellationToken, Task> migrateAsync, CancellationToken cancel)
    {
        var template = $"template_{name}_{fingerprint}";
        await using var _ = await FileLock.ExclusiveAsync(
            Path.Combine(_place.Folder, $"template_{name}.lock"), TimeSpan.FromMinutes(3), TimeProvider.System, cancel);
        await using var superuser = await SuperuserAsync("postgres", cancel);
        if (await ExistsAsync(superuser, template, cancel))
        {
            return template;
        }

        foreach (var old in await NamesAsync(superuser, $"template_{name}_%", cancel))
        {
            await ExecuteAsync(superuser, $"drop database if exists {old} with (force)", cancel);
        }

        var making = $"making_{name}";
        await ExecuteAsync(superuser, $"drop database if exists {making} with (force)", cancel);
        await Provisioning.DatabaseAsync(superuser, making, cancel);
        await migrateAsync(Owner(making), cancel);
        await using (var owner = new NpgsqlConnection(Owner(making)))
        {
            await owner.OpenAsync(cancel);
            await Provisioning.GrantAsync(owner, cancel);
        }

        NpgsqlConnection.ClearAllPools();
        await using var last = await SuperuserAsync("postgres", cancel);
        await ExecuteAsync(last, $"alter database {making} rename to {template}", cancel);
        return template;
    }

    public async Task CopyAsync(string template, string database, CancellationToken cancel)
    {
        await using var superuser = await SuperuserAsync("postgres", cancel);
        await ExecuteAsync(superuser, $"create database {database} template {template} owner {Provisioning.OwnerRole}", cancel);
        await Provisioning.DatabaseAsync(superuser, database, cancel);
    }

    public async Task DropAsync(string database, CancellationToken cancel)
    {
        await using var superuser = await SuperuserAsync("postgres", cancel);
        await ExecuteAsync(superuser, $"drop database if exists {database} with (force)", cancel);
    }

    private static async Task<TestCluster> OpenAsync(CancellationToken cancel)
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Path.Combine(root, $"carerecords-test-{Environment.UserName}-{ClusterPlace.Short(Checkout())}");
        Directory.CreateDirectory(
            folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var place = ClusterPlace.Under(folder);
        EmbeddedPostgres postgres;
        Task<EmbeddedPostgres> Open() => EmbeddedPostgres.OpenAsync(
            place, durable: false, TimeProvider.System, (superuser, secrets) => Provisioning.RolesAsync(superuser, secrets, cancel), cancel);
        try
        {
            postgres = await Open();
        }
        catch (Booking.Host.StartupException) when (Directory.Exists(place.Data))
        {
            // Without durability a machine that went down may leave a cluster that does not start: it is only a copy of the migrations.
            Directory.Delete(place.Data, recursive: true);
            postgres = await Open();
        }

        var cluster = new TestCluster(postgres, place);
        if (postgres.Started)
        {
            await using var superuser = await cluster.SuperuserAsync("postgres", cancel);
            foreach (var left in await LeftBehindAsync(superuser, cancel))
            {
                await ExecuteAsync(superuser, $"drop database if exists {left} with (force)", cancel);
            }
        }

        return cluster;
    }

    private static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CareRecords.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }

    private static string Tuned(NpgsqlConnectionStringBuilder connection)
    {
        connection.MaxPoolSize = 20;
        connection.IncludeErrorDetail = true;
        // As the application has it: what a session holds outlives its use.
        connection.NoResetOnClose = true;
        return connection.ConnectionString;
    }

    private async Task<NpgsqlConnection> SuperuserAsync(string database, CancellationToken cancel)
    {
        var builder = _postgres.Superuser(database);
        builder.Pooling = false;
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string database, CancellationToken cancel) =>
        (await NamesAsync(connection, database.Replace("_", "\\_", StringComparison.Ordinal), cancel)).Count > 0;

    // Made before this server's start; a program that joined it a moment ago has its database already.
    private static Task<List<string>> LeftBehindAsync(NpgsqlConnection connection, CancellationToken cancel) => ReadAsync(
        new NpgsqlCommand(
            """
            select datname from pg_database
            where datname like 't\_%' and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < pg_postmaster_start_time()
            """,
            connection),
        cancel);

    private static Task<List<string>> NamesAsync(NpgsqlConnection connection, string like, CancellationToken cancel) => ReadAsync(
        new NpgsqlCommand("select datname from pg_database where datname like $1", connection) { Parameters = { new() { Value = like } } }, cancel);

    private static async Task<List<string>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var _ = command;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
