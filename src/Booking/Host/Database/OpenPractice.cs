using Booking.Host.Keys;
using KantaConnector.Retrieval;
using Npgsql;

namespace Booking.Host.Database;

/// <summary>The databases and the modules' services for a verb: as in the running application, but without web server and workers.</summary>
internal sealed class OpenPractice : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OpenPractice(HostSettings settings, DatabaseAccess access, ServiceProvider services) =>
        (Settings, Access, _services) = (settings, access, services);

    public HostSettings Settings { get; }

    public DatabaseAccess Access { get; }

    public IServiceProvider Services => _services;

    public NpgsqlDataSource DataSource => _services.GetRequiredService<NpgsqlDataSource>();

    /// <param name="migrate">Applies migrations first, where we have the owner's rights; otherwise an old schema is the verb's problem.</param>
    public static async Task<OpenPractice> OpenAsync(HostSettings settings, bool migrate, CancellationToken cancel)
    {
        var access = await PrepareAsync(settings, migrate, cancel);
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings.Configuration)
            .AddLogging()
            .AddInstallation(settings, access)
            .AddModules(settings.Configuration)
            .BuildServiceProvider();
        return new OpenPractice(settings, access, services);
    }

    /// <summary>Opens the database, refuses one that loses data, migrates where asked, and sees to the key files.</summary>
    public static async Task<DatabaseAccess> PrepareAsync(HostSettings settings, bool migrate, CancellationToken cancel)
    {
        var access = await DatabaseAccess.OpenAsync(settings, cancel);
        try
        {
            if (!settings.Configuration.GetValue("Postgres:AllowLoss", false))
            {
                foreach (var connection in new[] { access.Application, access.Keys })
                {
                    await using var dataSource = NpgsqlDataSource.Create(connection);
                    await DurabilityCheck.RequireAsync(dataSource, cancel);
                }
            }

            if (migrate)
            {
                await Migrate.HandleAsync(Composition.Migrations(settings.Configuration), access, cancel);
            }

            await KeyFiles.EnsureAsync(settings, access, cancel);
            await using var application = NpgsqlDataSource.Create(access.Application);
            await AfterRestore.NoticeAsync(application, settings.SeenEpochs, cancel);
            return access;
        }
        catch
        {
            await access.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Access.DisposeAsync();
    }
}
