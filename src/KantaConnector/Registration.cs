using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Store;
using KantaConnector.Appointments;
using KantaConnector.Messages;
using KantaConnector.Queue;
using KantaConnector.Records;
using KantaConnector.Retrieval;
using KantaConnector.Status;
using KantaConnector.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KantaConnector;

/// <summary>What the host registers; settings come from section <c>Kanta</c>.</summary>
public static class KantaRegistration
{
    /// <summary>Everything but the workers: queueing, pages, verbs.</summary>
    public static IServiceCollection AddKanta(this IServiceCollection services)
    {
        services.AddOptions<KantaOptions>().BindConfiguration("Kanta").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<KantaCertificates>()
            .AddSingleton<IKantaTransport, HttpKantaTransport>()
            .AddSingleton<QueueSignal>()
            .AddSingleton<CrashPoints>()
            .AddSingleton<Foreground>()
            .AddSingleton<MessageHeaders>()
            .AddSingleton<AskArchive>()
            .AddSingleton<ClaimDocuments>()
            .AddSingleton<SendDocument>()
            .AddSingleton<SendAppointment>()
            .AddSingleton<RecordOutcomes>()
            .AddSingleton(provider => new KantaReadiness(provider.GetRequiredService<KantaCertificates>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<DocumentFitness>()
            .AddSingleton<ArchivedIdentity>()
            .AddScoped<ArchiveServiceEvent>()
            .AddScoped<ArchiveSignedRecord>()
            .AddScoped<ArchiveAppointment>()
            .AddScoped<ArchiveInforming>()
            .AddScoped<RebuildDocument>()
            .AddScoped<IViewedType, TaskView>()
            .AddScoped<CompareWithArchive>()
            .AddScoped<ReconcileWithArchive>()
            .AddScoped<PromoteCorrections>()
            .AddScoped(provider => new MendSubmission(
                provider.GetRequiredService<RebuildDocument>(), provider.GetRequiredService<ArchiveAppointment>(), provider.GetRequiredService<PromoteCorrections>(), provider.GetRequiredService<FieldCipher>(),
                provider.GetRequiredService<AccessLog>()))
            .AddScoped<IRecordSigned>(provider => provider.GetRequiredService<ArchiveSignedRecord>())
            .AddScoped<IInformingRecorded>(provider => provider.GetRequiredService<ArchiveInforming>())
            .AddScoped<IServiceEventEnded>(provider => provider.GetRequiredService<ArchiveServiceEvent>())
            .AddScoped<IServiceEventInvalidated>(provider => provider.GetRequiredService<ArchiveServiceEvent>())
            .AddSingleton(ModuleMigrations.For<KantaContext>(KantaContext.Schema, 40, options => new KantaContext(options)));
    }

    /// <summary>The workers that drain the queue; left out by verbs and by instances that only serve pages.</summary>
    public static IServiceCollection AddKantaPump(this IServiceCollection services) => services
        .AddHostedService<QueueListener>()
        .AddHostedService<SendRecordedForms>()
        // Registered by itself: AddHostedService keeps one of a type.
        .AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<KantaPump>(
            provider, Way.Documents, (Func<Claim, CancellationToken, Task<Outcome>>)provider.GetRequiredService<SendDocument>().Handle))
        .AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<KantaPump>(
            provider, Way.Appointments, (Func<Claim, CancellationToken, Task<Outcome>>)provider.GetRequiredService<SendAppointment>().Handle));
}
