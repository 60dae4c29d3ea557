using System.Security.Cryptography.X509Certificates;
using Booking.Host.Database;
using Booking.Host.Keys;
using Booking.Host.Tokens;
using Booking.Messages;
using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Npgsql;

namespace Booking.Host;

/// <summary>The areas of the application, one line each.</summary>
internal static class Composition
{
    /// <summary>What verbs and the web application share: every module without workers and web.</summary>
    public static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCareRecords();
        services.AddMail(configuration);
        services.AddSingleton(ModuleMigrations.For<HostContext>(HostContext.Schema, 5, o => new HostContext(o)));
        services.AddSingleton<ApiTokens>();
        return services;
    }

    /// <summary>The modules' migrations, known without building any service.</summary>
    public static IEnumerable<ModuleMigrations> Migrations(IConfiguration configuration) =>
        new ServiceCollection().AddModules(configuration).Select(d => d.ImplementationInstance).OfType<ModuleMigrations>();

    /// <summary>What only the running application has: pages, sign-in, workers.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRazorPages();
        services.AddBearerTokens();
        return services;
    }

    /// <summary>Middleware of the areas, between routing and authentication.</summary>
    public static void UseApplication(this WebApplication app)
    {
        // The calls of areas follow here, each one line.
        _ = app;
    }

    /// <summary>The endpoints of every area.</summary>
    public static void MapApplication(this WebApplication app)
    {
        app.MapRazorPages();
    }

    /// <summary>The installation's databases, keys and clock.</summary>
    public static IServiceCollection AddInstallation(this IServiceCollection services, HostSettings settings, DatabaseAccess access)
    {
        services.AddSingleton(settings);
        services.AddSingleton(access);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => NpgsqlDataSource.Create(access.Application));
        services.AddSingleton(_ => new KeyDatabase(NpgsqlDataSource.Create(access.Keys)));
        services.AddSingleton(_ => MasterKeys.Load(settings.MasterKeyFile));
        services.AddDataProtection().SetApplicationName("CareRecords")
            .ProtectKeysWithCertificate(Certificate(settings));
        services.AddOptions<KeyManagementOptions>()
            .Configure<NpgsqlDataSource>((o, dataSource) => o.XmlRepository = new StoredKeyRing(dataSource));
        return services;
    }

    private static X509Certificate2 Certificate(HostSettings settings) =>
        X509CertificateLoader.LoadPkcs12FromFile(settings.DataProtectionCertificate, null);
}
