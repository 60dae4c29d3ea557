using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Store;
using CareRecords.Terminology;
using CareRecords.Treatments;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords;

/// <summary>What the host registers; it provides <see cref="Npgsql.NpgsqlDataSource"/>, <see cref="KeyDatabase"/>, <see cref="MasterKeys"/> and the clock.</summary>
public static class CareRecordsRegistration
{
    public static IServiceCollection AddCareRecords(this IServiceCollection services) => services
        .AddScoped<UnitOfWork>()
        .AddScoped<CurrentUser>()
        .AddSingleton<PracticeDirectory>()
        .AddSingleton<CodeTables>()
        .AddSingleton<KeyStore>()
        .AddSingleton<FieldCipher>()
        .AddTreatments()
        .AddAccessLog()
        .AddResourceStore()
        .AddSingleton(ModuleMigrations.For<CareContext>(CareContext.Schema, 10, o => new CareContext(o)));
}
