using Booking.Ui;
using CareRecords.Practice;

namespace Booking.Host.Web;

/// <summary>Gives every page the practice's name and its archive, read from the database once and kept until an administrator changes them.</summary>
internal static class SiteFacts
{
    private static readonly SiteInfo _none = new("CareRecords", nameof(KantaEnvironment.Simulated));

    public static IServiceCollection AddSiteFacts(this IServiceCollection services) => services
        .AddHttpContextAccessor()
        .AddScoped(p => p.GetRequiredService<IHttpContextAccessor>().HttpContext?.Items[typeof(SiteInfo)] as SiteInfo ?? _none);

    public static void UseSiteFacts(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint() is { } endpoint && !endpoint.DisplayName!.Contains("Health", StringComparison.Ordinal))
        {
            var practice = await context.RequestServices.GetRequiredService<PracticeDirectory>().FindAsync(context.RequestAborted);
            if (practice is not null)
            {
                context.Items[typeof(SiteInfo)] = new SiteInfo(practice.Name, practice.Environment.ToString());
            }
        }

        await next(context);
    });
}
