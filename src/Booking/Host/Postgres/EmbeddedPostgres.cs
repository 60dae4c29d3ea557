using Npgsql;

namespace Booking.Host.Postgres;

/// <summary>
/// The program's own private PostgreSQL cluster: made once, started in a session of its own, joined by a second program, stopped by the last one
/// that leaves. Reached only through a Unix socket.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan _startPatience = TimeSpan.FromSeconds(90);
    private readonly ClusterPlace _place;
    private readonly bool _durable;
    private readonly TimeProvider _clock;
    private readonly ServerAccount _account = new();
    private readonly string _binaries = PostgresBinaries.Find();
    private FileStream? _user;

    private EmbeddedPostgres(ClusterPlace place, bool durable, TimeProvider clock) => (_place, _durable, _clock) = (place, durable, clock);

    /// <summary>The roles' passwords.</summary>
    public ClusterSecrets Secrets { get; private set; } = null!;

    /// <summary>Whether this program found no server running and started it.</summary>
    public bool Started { get; private set; }

    /// <summary>Makes the cluster where there is none, starts it where it does not run, else joins it.</summary>
    /// <param name="durable">False only for the throw-away clusters of tests.</param>
    /// <param name="provisionAsync">Makes roles and databases once; run again where an earlier program died before it was done.</param>
    public static async Task<EmbeddedPostgres> OpenAsync(
        ClusterPlace place, bool durable, TimeProvider clock, Func<NpgsqlConnection, ClusterSecrets, Task> provisionAsync, CancellationToken cancel)
    {
        var cluster = new EmbeddedPostgres(place, durable, clock);
        Directory.CreateDirectory(place.Folder);
        await using (await FileLock.ExclusiveAsync(place.StartLock, _startPatience, clock, cancel))
        {
            cluster._user = FileLock.Shared(place.UsersLock);
            try
            {
                await cluster.CreateOnceAsync(cancel);
                await cluster.StartUnlessRunningAsync(cancel);
                await cluster.ProvisionOnceAsync(provisionAsync, cancel);
            }
            catch
            {
                await cluster._user.DisposeAsync();
                throw;
            }
        }

        return cluster;
    }

    /// <summary>A connection string for a role of this cluster.</summary>
    public NpgsqlConnectionStringBuilder Connection(string role, string password, string database) => new()
    {
        Host = _place.Socket,
        Username = role,
        Password = password,
        Database = database,
        Timeout = 15,
    };

    /// <summary>For the superuser, which only provisioning uses.</summary>
    public NpgsqlConnectionStringBuilder Superuser(string database = "postgres") => Connection("postgres", Secrets.Superuser, database);

    /// <summary>Starts the server again when its process is gone. True when it had to: pools of connections are then to be cleared.</summary>
    public async Task<bool> RestartIfGoneAsync(CancellationToken cancel)
    {
        if (_place.RunningProcess() is not null)
        {
            return false;
        }

        await using (await FileLock.ExclusiveAsync(_place.StartLock, _startPatience, _clock, cancel))
        {
            return await StartUnlessRunningAsync(cancel);
        }
    }

    /// <summary>Leaves the cluster, and stops it when no other program is on it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_user is not { } user)
        {
            return;
        }

        _user = null;
        await using (await FileLock.ExclusiveAsync(_place.StartLock, _startPatience, _clock, CancellationToken.None))
        {
            await user.DisposeAsync();
            await using var alone = FileLock.TryExclusive(_place.UsersLock);
            if (alone is not null && _place.RunningProcess() is not null)
            {
                await _account.RunOrThrowAsync(Tool("pg_ctl"), ["stop", "-D", _place.Data, "-m", "fast", "-w", "-t", "60"], CancellationToken.None);
            }
        }
    }

    private async Task CreateOnceAsync(CancellationToken cancel)
    {
        // initdb first works in a folder of another name: a half-made cluster is never taken for a whole one.
        if (File.Exists(_place.Version))
        {
            Secrets = ClusterSecrets.Read(_place.Secrets)
                ?? throw new StartupException($"{_place.Secrets} is missing although the cluster {_place.Data} exists. Put it back from its copy.");
            return;
        }

        File.Delete(_place.Provisioned);
        Secrets = ClusterSecrets.Read(_place.Secrets) ?? ClusterSecrets.Create(_place.Secrets);
        var server = Path.GetDirectoryName(_place.Data)!;
        var making = _place.Data + ".making";
        var passwordFile = Path.Combine(server, "initdb.password");
        Directory.CreateDirectory(server);
        Directory.CreateDirectory(_place.Socket);
        if (Directory.Exists(making))
        {
            Directory.Delete(making, recursive: true);
        }

        Directory.CreateDirectory(making);
        await using (var file = new StreamWriter(passwordFile, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await file.WriteAsync(Secrets.Superuser);
        }

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var folder in new[] { server, _place.Socket, making })
        {
            File.SetUnixFileMode(folder, Private);
            await _account.GiveAsync(folder, cancel);
        }

        await _account.RunOrThrowAsync(
            Tool("initdb"),
            ["-D", making, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile, "-k", "-E", "UTF8", "--locale=C.UTF-8",
                .. (IEnumerable<string>)(_durable ? [] : ["--no-sync"])],
            cancel);
        File.Delete(passwordFile);
        await File.AppendAllTextAsync(Path.Combine(making, "postgresql.conf"), ClusterSettings.Text(_durable), cancel);
        Directory.Move(making, _place.Data);
    }

    private async Task ProvisionOnceAsync(Func<NpgsqlConnection, ClusterSecrets, Task> provisionAsync, CancellationToken cancel)
    {
        if (File.Exists(_place.Provisioned))
        {
            return;
        }

        var builder = Superuser();
        builder.Pooling = false;
        await using var superuser = new NpgsqlConnection(builder.ConnectionString);
        await superuser.OpenAsync(cancel);
        await provisionAsync(superuser, Secrets);
        await File.WriteAllTextAsync(_place.Provisioned, "", cancel);
    }

    private async Task<bool> StartUnlessRunningAsync(CancellationToken cancel)
    {
        if (_place.RunningProcess() is not null)
        {
            return false;
        }

        if (!Directory.Exists(_place.Socket))
        {
            // /tmp is emptied by a restart of the machine.
            Directory.CreateDirectory(_place.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await _account.GiveAsync(_place.Socket, cancel);
        }

        string[] start = ["start", "-D", _place.Data, "-l", _place.Log, "-w", "-t", "60", "-o", $"-k '{_place.Socket}'"];
        var result = await _account.RunAsync(Tool("pg_ctl"), start, cancel);
        for (var again = 0; result.ExitCode != 0 && again < 20 && await StillHeldAsync(cancel); again++)
        {
            // After a kill -9 the children need a moment to notice and to let go of the shared memory, and the dead server's number one to be free.
            await Task.Delay(TimeSpan.FromMilliseconds(500), _clock, cancel);
            result = await _account.RunAsync(Tool("pg_ctl"), start, cancel);
        }

        if (result.ExitCode != 0)
        {
            throw new StartupException($"PostgreSQL did not start; its log is {_place.Log}. {(await TailAsync(cancel)).Trim()}");
        }

        return Started = true;
    }

    private async Task<bool> StillHeldAsync(CancellationToken cancel) =>
        await TailAsync(cancel) is var tail && (tail.Contains("is still in use", StringComparison.Ordinal)
            || (_place.RunningProcess() is null && tail.Contains("lock file \"postmaster.pid\" already exists", StringComparison.Ordinal)));

    private async Task<string> TailAsync(CancellationToken cancel) => File.Exists(_place.Log)
        ? string.Join('\n', (await File.ReadAllLinesAsync(_place.Log, cancel)).TakeLast(8))
        : "";

    private string Tool(string name) => Path.Combine(_binaries, name);
}
