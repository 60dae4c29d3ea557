using CareRecords.Rest;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Booking.Host.Web;

/// <summary>Limits of the server; an endpoint that needs a larger body says so itself (RequestSizeLimit).</summary>
internal static class ServerLimits
{
    public const long LargestBody = 2 * 1024 * 1024;

    public static void Apply(WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 2000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
    }

    /// <summary>Bundles are larger than what pages send: /fhir has the limit of its own settings.</summary>
    public static void UseFhirBodyLimit(this WebApplication app)
    {
        var largest = app.Services.GetRequiredService<IOptions<FhirOptions>>().Value.MaxBodyBytes;
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/fhir")
                && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = largest;
            }

            return next(context);
        });
    }
}
