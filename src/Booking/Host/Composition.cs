using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Booking.Attention;
using Booking.Host.Database;
using Booking.Host.Keys;
using Booking.Host.Web;
using Booking.SignIn;
using Booking.Treatments;
using Booking.Ui;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Rest;
using KantaConnector;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.WebEncoders;
using Npgsql;

namespace Booking.Host;

/// <summary>The areas of the application, one line each.</summary>
internal static class Composition
{
    /// <summary>What verbs and the web application share: every module without workers and web.</summary>
    public static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCareRecords();
        services.AddKanta();
        services.AddAccounts();
        services.AddBooking(configuration);
        services.AddSingleton(ModuleMigrations.For<HostContext>(HostContext.Schema, 5, o => new HostContext(o)));
        return services;
    }

    /// <summary>The modules' migrations, known without building any service.</summary>
    public static IEnumerable<ModuleMigrations> Migrations(IConfiguration configuration) =>
        new ServiceCollection().AddModules(configuration).Select(d => d.ImplementationInstance).OfType<ModuleMigrations>();

    /// <summary>What only the running application has: pages, sign-in, workers.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSiteFacts();
        services.AddUi(configuration);
        // Razor would write every ä as a numeric reference.
        services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddSignIn(configuration);
        services.AddTreatmentPages();
        services.AddAttention();
        services.AddFhir(configuration);
        services.AddAccessLogSealer();
        services.AddKantaPump();
        return services;
    }

    /// <summary>Middleware of the areas, between routing and authentication.</summary>
    public static void UseApplication(this WebApplication app)
    {
        app.UseSiteFacts();
    }

    /// <summary>The endpoints of every area.</summary>
    public static void MapApplication(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapFhir();
    }

    /// <summary>The installation's databases, keys and clock.</summary>
    public static IServiceCollection AddInstallation(this IServiceCollection services, HostSettings settings, DatabaseAccess access)
    {
        services.AddSingleton(settings);
        services.AddSingleton(access);
        services.AddSingleton(settings.SeenEpochs);
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
