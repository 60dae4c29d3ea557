using CareRecords.Export;
using CareRecords.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>The FHIR interface under /fhir.</summary>
public static class FhirRegistration
{
    /// <summary>Adds the interface; needs <see cref="CareRecordsRegistration.AddCareRecords"/>. `Fhir:Conformance` = true serves every R4 type under a
    /// generic policy, for conformance suites on a throw-away practice.</summary>
    public static IServiceCollection AddFhir(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FhirOptions>().BindConfiguration("Fhir");
        services.AddSingleton<TokenLookup>();
        // A slim host leaves the constraint out, and then every route would fail.
        services.Configure<RouteOptions>(o => o.SetParameterPolicy<RegexInlineRouteConstraint>("regex"));
        services.AddSingleton<Definitions>();
        services.AddSingleton<StatementCache>();
        services.AddSingleton<Allowed>();
        services.AddSingleton<WriteGate>();
        services.AddSingleton<ExportSignal>();
        services.AddSingleton<ExportStep>();
        services.AddHostedService<ExportWorker>();
        if (configuration.GetValue<bool>("Fhir:Conformance"))
        {
            services.AddSingleton(ServedTypes.Everything);
        }

        return services;
    }

    /// <summary>Maps the routes. They authenticate by bearer token themselves and never look at cookies.</summary>
    public static IEndpointRouteBuilder MapFhir(this IEndpointRouteBuilder endpoints)
    {
        FhirEndpoints.Map(endpoints);
        return endpoints;
    }
}
