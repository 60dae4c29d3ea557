using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace CareRecords.Store;

/// <summary>The resource store with the practice's owner table, unless another table was registered before.</summary>
internal static class StoreRegistration
{
    internal static IServiceCollection AddResourceStore(this IServiceCollection services)
    {
        services.TryAddSingleton(ServedTypes.Practice);
        return services
            .AddSingleton<ResourceKeys>()
            .AddSingleton<ResourceRows>()
            .AddSingleton<ResourceReads>()
            .AddSingleton<SearchTable>()
            .AddSingleton<SearchKeys>()
            .AddSingleton<ResourceIndexer>()
            .AddSingleton<StoredDefinitions>()
            .AddSingleton<SearchCodes>()
            .AddSingleton<Inclusions>()
            .AddSingleton<PageLinks>()
            .AddSingleton<ShortSearches>()
            .AddSingleton<SearchRunner>()
            .AddSingleton(p => new Reindex(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<ResourceRows>(), p.GetRequiredService<ResourceIndexer>()))
            .AddSingleton<RotateKeys>()
            .AddSingleton(p => new ResourceStore(
                p.GetRequiredService<ResourceRows>(), p.GetRequiredService<ResourceKeys>(), p.GetRequiredService<ServedTypes>(),
                p.GetRequiredService<PracticeDirectory>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ResourceIndexer>()));
    }
}
