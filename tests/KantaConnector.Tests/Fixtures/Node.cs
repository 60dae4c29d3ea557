using System.Globalization;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Appointments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace KantaConnector.Tests.Fixtures;

/// <summary>The connector as the host composes it, in this process; several nodes may share a database.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly NpgsqlDataSource data;
    private readonly List<IHostedService> started = [];

    public Node(string connection, MasterKeys keys, IReadOnlyDictionary<string, string?> settings, TimeProvider? clock = null, SeenEpochs? seen = null)
    {
        data = NpgsqlDataSource.Create(connection);
        var collection = new ServiceCollection();
        if (seen is not null)
        {
            collection.AddSingleton(seen);
        }
        services = collection
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(data)
            .AddSingleton(new KeyDatabase(data))
            .AddSingleton(keys)
            .AddSingleton(clock ?? TimeProvider.System)
            .AddScoped<ICustomerCards, TestCards>()
            .AddSingleton<IAppointmentBook>(Book)
            .AddCareRecords()
            .AddAccessLog()
            .AddKanta()
            .AddKantaPump()
            .BuildServiceProvider();
    }

    /// <summary>The calendar of this node.</summary>
    public TestBook Book { get; } = new();

    public IServiceProvider Services => services;
    public CrashPoints Crash => services.GetRequiredService<CrashPoints>();
    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public static Dictionary<string, string?> Settings(Uri? endpoint, string caFile, CertificateSource client) => new()
    {
        ["Kanta:Endpoint"] = endpoint?.ToString(),
        ["Kanta:SenderOid"] = $"{Some.Root}.10.0.13.1",
        ["Kanta:ServerCaFile"] = caFile,
        ["Kanta:ClientCertificate:File"] = client.File,
        ["Kanta:ClientCertificate:KeyFile"] = client.KeyFile,
        ["Kanta:TotalTimeout"] = "00:00:02",
        ["Kanta:Lease"] = "00:00:04",
        ["Kanta:PollInterval"] = "00:00:00.200",
        ["Kanta:FirstRetry"] = "00:00:00.050",
        ["Kanta:LongestRetry"] = "00:00:00.400",
        ["Kanta:AlreadyArchivedCodes:0"] = "SIM-V10",
    };

    public async Task Start()
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            started.Add(service);
        }
    }

    /// <summary>Plays dead for good: from now on each crash point throws, so nothing more is claimed, sent or recorded.</summary>
    public static Func<string, ValueTask> DieAt(string point, int hit, TaskCompletionSource died)
    {
        var hits = 0;
        return reached =>
        {
            if (died.Task.IsCompleted || (reached == point && Interlocked.Increment(ref hits) == hit))
            {
                died.TrySetResult();
                throw new CrashedException(reached);
            }
            return ValueTask.CompletedTask;
        };
    }

    /// <param name="beforeCommit">Runs inside the open transaction.</param>
    public async Task Queue(Submission[] submissions, Func<Task>? beforeCommit = null)
    {
        await using var scope = services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        foreach (var submission in submissions)
        {
            await QueueDocument.Handle(work, Get<FieldCipher>(), submission, CancellationToken.None);
        }
        await (beforeCommit?.Invoke() ?? Task.CompletedTask);
        await work.CommitAsync();
    }

    /// <summary>A service event of its own: its document, <paramref name="notes"/> notes, and a correction of the first.</summary>
    public static Submission[] Event(int number, int notes = 2, bool correction = true)
    {
        var patient = $"patient-{number}";
        var eventOid = string.Create(CultureInfo.InvariantCulture, $"{Some.Root}.16.2026.1.{number}");
        DocumentFacts Facts(DocumentFacts facts, int document) => facts with
        {
            Oid = $"{Some.Root}.11.2026.1.{(number * 100) + document}",
            SetId = $"{Some.Root}.11.2026.1.{(number * 100) + document}",
            ServiceEvent = Some.ServiceEvent() with { Oid = eventOid },
        };
        var result = new List<Submission> { Of(SubmissionKind.ServiceEvent, Facts(Some.Facts(), 0)) };
        result.AddRange(Enumerable.Range(1, notes).Select(note => Of(SubmissionKind.Care, Facts(Some.CareDocument().Facts, note))));
        if (correction)
        {
            var first = Facts(Some.CareDocument().Facts, 1);
            result.Add(Of(SubmissionKind.Care, Facts(Some.Correction().Facts, notes + 1) with
            {
                SetId = first.Oid,
                Replaces = new PreviousVersion(first.Oid, 1),
            }));
        }
        return [.. result];

        Submission Of(SubmissionKind kind, DocumentFacts facts) => new()
        {
            Kind = kind,
            ControllerId = KantaDatabase.ControllerId,
            PatientId = patient,
            Oid = facts.Oid,
            SetId = facts.SetId,
            Version = facts.Version,
            ServiceEventOid = eventOid,
            Document = kind == SubmissionKind.Care ? CdaBuilder.Build(Some.CareDocument() with { Facts = facts }) : CdaBuilder.Build(Some.ServiceEventDocument() with { Facts = facts }),
        };
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        foreach (var service in started)
        {
            try
            {
                await service.StopAsync(patience.Token);
            }
            catch (CrashedException)
            {
                // Played dead: nothing to stop.
                continue;
            }
        }
        await services.DisposeAsync();
        // Not the container's, since it did not make it: many nodes would use up the server's connections.
        await data.DisposeAsync();
    }

    /// <summary>Appointments as the module above would answer for them.</summary>
    internal sealed class TestBook : IAppointmentBook
    {
        public System.Collections.Concurrent.ConcurrentDictionary<Guid, AppointmentFacts> Facts { get; } = new();

        public Task<AppointmentFacts?> FindAsync(Guid appointmentId, UnitOfWork work, CancellationToken cancel) => Task.FromResult(Facts.GetValueOrDefault(appointmentId));
    }

    private sealed class TestCards : ICustomerCards
    {
        public Task<PersonNameParts?> NameAsync(string patientId, UnitOfWork work, CancellationToken cancel) =>
            Task.FromResult<PersonNameParts?>(new PersonNameParts("Testilä", ["Aino", "Maria"], "Aino"));

        public Task ProjectPatientAsync(string patientId, UnitOfWork work, CancellationToken cancel) => Task.CompletedTask;

        public Task<PractitionerFacts?> PractitionerAsync(Guid practitionerId, UnitOfWork work, CancellationToken cancel) =>
            Task.FromResult<PractitionerFacts?>(new PractitionerFacts(
                practitionerId, new PersonNameParts("Hoitaja", ["Veera"]), "Fysioterapeutti", "99912345678", null, KantaDatabase.ControllerId, "practitioner-1"));
    }
}
