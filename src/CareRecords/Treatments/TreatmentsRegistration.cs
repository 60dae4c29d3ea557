using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Treatments;

/// <summary>The use cases of treatments; all scoped, since they share the request's unit of work.</summary>
internal static class TreatmentsRegistration
{
    internal static IServiceCollection AddTreatments(this IServiceCollection services) => services
        .AddScoped<People>()
        .AddScoped<SignedNotes>()
        .AddScoped<TreatmentResources>()
        .AddScoped<PortalView>()
        .AddScoped<RecordPerson>()
        .AddScoped<RecordGuardian>()
        .AddScoped<RecordInforming>()
        .AddScoped<OpenVisit>()
        .AddScoped<EndVisit>()
        .AddScoped<Drafts>()
        .AddScoped<SignNote>()
        .AddScoped<InvalidateNote>()
        .AddScoped<Outsourcings>()
        .AddScoped<InvalidateServiceEvent>()
        .AddScoped<SettleVisit>()
        .AddScoped<RenewServiceEvent>()
        .AddScoped<TakeBackVisit>()
        .AddScoped<TakeOverDraft>()
        .AddScoped<AdditionalData>()
        .AddScoped<EndPortalLink>()
        .AddScoped<PortalLinks>();
}
