using Booking.Host.Calendar;
using Booking.Host.Database;
using Booking.Texts;

namespace Booking.Host.Web;

/// <summary>Builds the web application on open databases. The caller starts and stops it.</summary>
internal static class WebApp
{
    /// <param name="adjust">Changes of a test: settings, a fake clock, another server.</param>
    public static WebApplication Build(HostSettings settings, DatabaseAccess access, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WebApp).Assembly.GetName().Name,
            ContentRootPath = ContentRoot(),
            EnvironmentName = settings.Configuration["Environment"] ?? settings.Configuration["ASPNETCORE_ENVIRONMENT"] ?? Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.WebHost.UseStaticWebAssets();
        ServerLimits.Apply(builder);
        LogSetup.Apply(builder, settings);
        builder.Host.UseDefaultServiceProvider(o => o.ValidateScopes = o.ValidateOnBuild = !builder.Environment.IsProduction());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddInstallation(settings, access);
        builder.Services.AddHostedService<DatabaseSupervisor>();
        builder.Services.AddModules(builder.Configuration);
        builder.Services.AddApplication(builder.Configuration);
        builder.Services.AddCalendar(access, builder.Configuration);
        builder.Services.AddHealth();
        builder.Services.AddErrors();
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseKnownProxies();
        app.UseForegroundRequests();
        app.UseFhirBodyLimit();
        app.UseRequestLog();
        app.UseSecurityHeaders();
        app.UseRequestLanguage();
        app.UseErrors();
        app.MapHealth();
        app.UseStaticFiles(new StaticFileOptions
        {
            // A version in the address changes with the content.
            OnPrepareResponse = f => f.Context.Response.Headers.CacheControl =
                f.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "public, max-age=3600",
        });
        app.UseRouting();
        app.UseApplication();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapApplication();
        return app;
    }

    // Published, wwwroot lies beside the program; in a build tree the static web assets manifest names the source folder.
    private static string ContentRoot() => AppContext.BaseDirectory;
}
