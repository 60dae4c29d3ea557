using Booking.Host.Postgres;
using Npgsql;

namespace Booking.Host.Database;

/// <summary>How this program reaches its databases: its own private cluster, or the server that the settings name.</summary>
internal sealed class DatabaseAccess : IAsyncDisposable
{
    private DatabaseAccess(EmbeddedPostgres? embedded, string application, string keys, string? owner, string? ownerKeys) =>
        (Embedded, Application, Keys, Owner, OwnerKeys) = (embedded, Tuned(application, 60), Tuned(keys, 10), owner, ownerKeys);

    /// <summary>Null when the settings name a server.</summary>
    public EmbeddedPostgres? Embedded { get; }

    /// <summary>The application's role on the practice's database.</summary>
    public string Application { get; }

    /// <summary>The application's role on the database of wrapped keys.</summary>
    public string Keys { get; }

    /// <summary>The owner's role, for migrations only; null where the settings do not give it.</summary>
    public string? Owner { get; }

    /// <summary>The owner's role on the database of wrapped keys.</summary>
    public string? OwnerKeys { get; }

    public static async Task<DatabaseAccess> OpenAsync(HostSettings settings, CancellationToken cancel)
    {
        if (settings.Configuration.GetConnectionString("CareRecords") is { Length: > 0 } application)
        {
            var owner = settings.Configuration.GetConnectionString("Owner");
            return new DatabaseAccess(
                null,
                application,
                settings.Configuration.GetConnectionString("Keys") is { Length: > 0 } keys ? keys : KeysBeside(application),
                owner,
                settings.Configuration.GetConnectionString("OwnerKeys") is { Length: > 0 } ownerKeys ? ownerKeys : owner is null ? null : KeysBeside(owner));
        }

        var place = ClusterPlace.Under(Path.Combine(settings.Folder, "postgres"));
        var cluster = await EmbeddedPostgres.OpenAsync(
            place, durable: true, TimeProvider.System, (superuser, secrets) => ProvisionAsync(superuser, secrets, cancel), cancel);
        string Connection(string role, string password, string database) => cluster.Connection(role, password, database).ConnectionString;
        return new DatabaseAccess(
            cluster,
            Connection(Provisioning.ApplicationRole, cluster.Secrets.Application, Provisioning.Database),
            Connection(Provisioning.ApplicationRole, cluster.Secrets.Application, Provisioning.KeysDatabase),
            Connection(Provisioning.OwnerRole, cluster.Secrets.Owner, Provisioning.Database),
            Connection(Provisioning.OwnerRole, cluster.Secrets.Owner, Provisioning.KeysDatabase));
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (Embedded is not null)
        {
            await Embedded.DisposeAsync();
        }
    }

    private static async Task ProvisionAsync(NpgsqlConnection superuser, ClusterSecrets secrets, CancellationToken cancel)
    {
        await Provisioning.RolesAsync(superuser, secrets, cancel);
        await Provisioning.DatabaseAsync(superuser, Provisioning.Database, cancel);
        await Provisioning.DatabaseAsync(superuser, Provisioning.KeysDatabase, cancel);
    }

    private static string KeysBeside(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        builder.Database = $"{builder.Database}_keys";
        return builder.ConnectionString;
    }

    private static string Tuned(string connection, int pool)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "carerecords" };
        if (!connection.Contains("Pool Size", StringComparison.OrdinalIgnoreCase) && !connection.Contains("PoolSize", StringComparison.OrdinalIgnoreCase))
        {
            builder.MaxPoolSize = pool;
        }

        if (!connection.Contains("Reset On Close", StringComparison.OrdinalIgnoreCase) && !connection.Contains("ResetOnClose", StringComparison.OrdinalIgnoreCase))
        {
            // Seven statements before the first of every request, for state that no request leaves behind: the few that take a session lock or listen give it
            // up themselves.
            builder.NoResetOnClose = true;
        }

        if (string.IsNullOrEmpty(builder.Options))
        {
            // Short queries on solid-state disks: compiling one costs more than it saves, and a row out of order costs hardly more than one in order.
            builder.Options = "-c jit=off -c random_page_cost=1.1";
        }

        if (builder.MaxAutoPrepare == 0)
        {
            builder.MaxAutoPrepare = 100;
            builder.AutoPrepareMinUsages = 3;
        }

        return builder.ConnectionString;
    }
}
