using CareRecords.Audit;
using CareRecords.Practice;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CareRecords.Access;

/// <summary>The access log: recording, sealing, verifying, asking.</summary>
public static class AccessLogRegistration
{
    /// <summary>Adds the log without the sealer, for command-line verbs; needs what <see cref="CareRecordsRegistration.AddCareRecords"/> needs.</summary>
    public static IServiceCollection AddAccessLog(this IServiceCollection services)
    {
        services.AddOptions<AccessLogOptions>().BindConfiguration("AccessLog");
        return services
            .AddSingleton(p => new AccessChannel(p.GetRequiredService<NpgsqlDataSource>()))
            .AddSingleton<LogSigner>()
            .AddSingleton<HeadExport>()
            .AddScoped(p => new AccessLog(p.GetRequiredService<CurrentUser>(), p.GetRequiredService<PracticeDirectory>(), p.GetRequiredService<AccessChannel>()))
            .AddScoped(p => new AccessHistory(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<AccessLog>()))
            .AddScoped(p => new VerifyLog(
                p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<LogSigner>(), p.GetRequiredService<IOptions<AccessLogOptions>>()));
    }

    /// <summary>Adds the service that seals; one node at a time does the work.</summary>
    public static IServiceCollection AddAccessLogSealer(this IServiceCollection services) => services.AddHostedService<SealerService>();
}
