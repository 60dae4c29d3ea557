using Booking.Host.Database;
using Booking.Host.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Booking.Tests.Host;

/// <summary>
/// The real application on a database of its own and a free port, with workers but without calendar. Class fixture: enter over <see cref="Client"/>
/// (which keeps cookies and does not follow redirects), look at the result in <see cref="HostDatabase.DataSource"/>. Override
/// <see cref="Adjust"/> for a fake clock or other settings.
/// </summary>
public class BookingApp : HostDatabase
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"booking-app-{Guid.NewGuid():N}");
    private DatabaseAccess? _access;
    private WebApplication? _app;

    /// <summary>The installation's data folder.</summary>
    public string Folder => _folder;

    public Uri Address => new(_app!.Urls.First());

    /// <summary>The running application's services; make a scope for scoped ones.</summary>
    public IServiceProvider Services => _app!.Services;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Another browser: cookies of its own, no redirects.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var settings = HostSettings.Load(_folder,
        [
            $"--ConnectionStrings:CareRecords={ConnectionString}", $"--ConnectionStrings:Keys={ConnectionString}", "--Postgres:AllowLoss=true",
            "--Calendar:Enabled=false", "--Log:Console=Fatal", "--urls=http://127.0.0.1:0", "--Environment=Development",
        ]);
        _access = await OpenPractice.PrepareAsync(settings, migrate: false, CancellationToken.None);
        _app = WebApp.Build(settings, _access, Adjust);
        await _app.StartAsync();
        Client = NewClient();
    }

    public override async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_app is { } app)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (_access is { } access)
        {
            await access.DisposeAsync();
        }

        await base.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Changes settings and services before the application is built.</summary>
    protected virtual void Adjust(WebApplicationBuilder builder)
    {
    }
}
