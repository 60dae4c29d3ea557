using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Booking.Host;
using Booking.Host.Database;
using Booking.Host.Demo;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using KantaConnector;
using KantaConnector.Documents;
using KantaConnector.Queue;
using KantaConnector.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace Benchmarks.Kanta;

/// <summary>A practice on a durable PostgreSQL of its own whose queue is filled at will; the folder is kept for later runs.</summary>
internal sealed class KantaStore : IAsyncDisposable
{
    private readonly DatabaseAccess _access;
    private readonly HostSettings _settings;

    private KantaStore(string folder, HostSettings settings, DatabaseAccess access) => (Folder, _settings, _access) = (folder, settings, access);

    public string Folder { get; }

    /// <summary>Two documents each: a service event's own and a note.</summary>
    public const int PerEvent = 2;

    private const int Patients = 100;

    public static async Task<KantaStore> OpenAsync()
    {
        var folder = Path.GetFullPath(Path.Combine(Environment.GetEnvironmentVariable("BENCH_DATA") ?? "artifacts/bench-data", "kanta"));
        Directory.CreateDirectory(folder);
        var settings = HostSettings.Load(folder, ["--Calendar:Enabled=false"]);
        var access = await OpenPractice.PrepareAsync(settings, migrate: true, CancellationToken.None);
        var store = new KantaStore(folder, settings, access);
        await using var services = store.Services(new Dictionary<string, string?>());
        await using var scope = services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await SetUpPractice.HandleAsync(
            work,
            new SetUpPractice.Request
            {
                Name = "Benchmark",
                Environment = KantaEnvironment.Simulated,
                OrganizationOid = DemoPractice.OrganizationOid,
                JoinedArchiveOn = new DateOnly(2026, 1, 1),
                Controllers = [DemoPractice.Company()],
            },
            CancellationToken.None);
        await work.CommitAsync();
        return store;
    }

    /// <summary>The program's services with its pump, not started.</summary>
    public ServiceProvider Services(IReadOnlyDictionary<string, string?> kanta)
    {
        var configuration = new ConfigurationBuilder().AddConfiguration(_settings.Configuration).AddInMemoryCollection(kanta).Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddInstallation(_settings, _access).AddModules(configuration)
            .AddKantaPump().BuildServiceProvider();
    }

    public static Dictionary<string, string?> Settings(Uri sink, BenchCertificates certificates, int parallelism) => new()
    {
        ["Kanta:Endpoint"] = sink.ToString(),
        ["Kanta:SenderOid"] = DemoPractice.OrganizationOid,
        ["Kanta:ServerCaFile"] = certificates.CaFile,
        ["Kanta:ClientCertificate:File"] = certificates.ClientFile,
        ["Kanta:Parallelism"] = parallelism.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Empties the queue and queues so many documents, unsigned as signing leaves them.</summary>
    public async Task FillAsync(ServiceProvider services, int documents)
    {
        await using var owner = new NpgsqlConnection(_access.Owner);
        await owner.OpenAsync();
        await ExecuteAsync(owner, "truncate kanta.document, kanta.attempt cascade");
        await ExecuteAsync(owner, "update kanta.endpoint set failures = 0, open_until = null, asked_until = null, reason = null, hold = null, restored_at = null");
        var cipher = services.GetRequiredService<FieldCipher>();
        var controller = (await services.GetRequiredService<PracticeDirectory>().GetAsync()).Controllers[0].Id;
        await using (var copy = await owner.BeginBinaryImportAsync(
            """
            copy kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, service_event_oid, body, signature_at, body_start, body_length, wrapper,
              wrapper_split) from stdin (format binary)
            """))
        {
            for (var number = 1; number <= documents / PerEvent; number++)
            {
                await WriteAsync(copy, cipher, controller, number, SubmissionKind.ServiceEvent, CdaBuilder.Build(SampleDocuments.Event(number)));
                await WriteAsync(copy, cipher, controller, number, SubmissionKind.Care, CdaBuilder.Build(SampleDocuments.Note(number)));
            }

            await copy.CompleteAsync();
        }

        await TidyAsync();
    }

    /// <summary>What the database would do by itself after a while, so that it does not do it within a measurement.</summary>
    public async Task TidyAsync()
    {
        await using var owner = new NpgsqlConnection(_access.Owner);
        await owner.OpenAsync();
        await ExecuteAsync(owner, "vacuum (analyze) kanta.document, kanta.attempt, kanta.endpoint");
    }

    /// <summary>The same, each document signed as after a first attempt that found no archive: what then is measured is the queue, not RSA.</summary>
    public async Task FillSignedAsync(ServiceProvider services, int documents)
    {
        await FillAsync(services, documents);
        var claims = services.GetRequiredService<ClaimDocuments>();
        var certificate = services.GetRequiredService<KantaCertificates>().Signing.Current().Certificate!;
        await using var work = new UnitOfWork(services.GetRequiredService<NpgsqlDataSource>());
        while (await claims.Take(1000, certificate, default) is { Count: > 0 } taken)
        {
            // Out of the way, so that the next claim finds the notes behind them.
            await work.ExecuteAsync("update kanta.document set state = 'archived' where id = any($1)", default, (object)taken.Select(claim => claim.Id).ToArray());
            await work.CommitAsync();
        }

        await work.ExecuteAsync("update kanta.document set state = 'queued', lease_until = null", default);
        await work.ExecuteAsync("delete from kanta.attempt", default);
        await work.CommitAsync();
        await TidyAsync();
    }

    public async Task<long> CountAsync(string state)
    {
        await using var connection = new NpgsqlConnection(_access.Application);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from kanta.document where state = $1", connection) { Parameters = { new() { Value = state } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Nothing is left to send; a look into an index, which costs the drain nothing.</summary>
    public async Task<bool> IsDrainedAsync()
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand("select not exists (select from kanta.document where state in ('queued', 'refused'))", connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Tells the pump of a running application that there is something to claim.</summary>
    public async Task WakeAsync()
    {
        await using var connection = await ConnectAsync();
        await ExecuteAsync(connection, $"notify {QueueDocument.Channel}");
    }

    /// <summary>A connection of the application's role.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_access.Application);
        await connection.OpenAsync();
        return connection;
    }

    public ValueTask DisposeAsync() => _access.DisposeAsync();

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts the workers and returns what stops them.</summary>
    public static async Task<Func<Task>> StartAsync(ServiceProvider services)
    {
        var workers = services.GetServices<IHostedService>().Where(service => service is KantaPump or QueueListener).ToArray();
        foreach (var worker in workers)
        {
            await worker.StartAsync(CancellationToken.None);
        }

        return async () =>
        {
            foreach (var worker in workers)
            {
                await worker.StopAsync(CancellationToken.None);
            }
        };
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, FieldCipher cipher, Guid controller, int number, SubmissionKind kind, BuiltDocument document)
    {
        var id = Guid.CreateVersion7();
        var patient = string.Create(CultureInfo.InvariantCulture, $"bench-{number % Patients}");
        var scope = KeyScope.Patient(patient);
        var oid = SampleDocuments.DocumentOid(number, kind == SubmissionKind.Care ? 1 : 0);
        await copy.StartRowAsync();
        await copy.WriteAsync(id, NpgsqlDbType.Uuid);
        await copy.WriteAsync(Submission.Name(kind), NpgsqlDbType.Text);
        await copy.WriteAsync(controller, NpgsqlDbType.Uuid);
        await copy.WriteAsync(patient, NpgsqlDbType.Text);
        await copy.WriteAsync(oid, NpgsqlDbType.Text);
        await copy.WriteAsync(oid, NpgsqlDbType.Text);
        await copy.WriteAsync(1, NpgsqlDbType.Integer);
        await copy.WriteAsync(SampleDocuments.EventOid(number), NpgsqlDbType.Text);
        await copy.WriteAsync(await cipher.EncryptAsync(scope, QueueDocument.Body(id), document.Cda), NpgsqlDbType.Bytea);
        await copy.WriteAsync(document.SignatureAt, NpgsqlDbType.Integer);
        await copy.WriteAsync(document.BodyStart, NpgsqlDbType.Integer);
        await copy.WriteAsync(document.BodyLength, NpgsqlDbType.Integer);
        await copy.WriteAsync(await cipher.EncryptAsync(scope, QueueDocument.Wrapper(id), (byte[])[.. document.WrapperBefore, .. document.WrapperAfter]), NpgsqlDbType.Bytea);
        await copy.WriteAsync(document.WrapperBefore.Length, NpgsqlDbType.Integer);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }
}
