using CareRecords.Database;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Tests;

/// <summary>Owners of projected types as the modules above would register them; these have no rules of their own.</summary>
internal sealed class Projections(string type, ResourceStore store) : IProjectedType
{
    public string Type => type;

    public Task<WriteResult> WriteAsync(ResourceWrite write, UnitOfWork work, CancellationToken cancel) => store.WriteAsync(work, write, cancel);

    public Task<WriteResult> DeleteAsync(string id, int? expectedVersion, UnitOfWork work, CancellationToken cancel) =>
        store.DeleteAsync(work, type, id, expectedVersion, cancel);

    internal static void AddTo(IServiceCollection services, params string[] types)
    {
        foreach (var type in types)
        {
            services.AddSingleton<IProjectedType>(p => new Projections(type, p.GetRequiredService<ResourceStore>()));
        }
    }
}
