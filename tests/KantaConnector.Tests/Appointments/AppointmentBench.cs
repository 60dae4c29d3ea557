using System.Text.Json;
using CareRecords.Database;
using CareRecords.Protection;
using KantaConnector.Appointments;
using KantaConnector.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace KantaConnector.Tests.Appointments;

/// <summary>One simulator that demands signed Bundles, for all scenarios of a class: each writes appointments of its own and sets its own faults.</summary>
public sealed class SigningSimulator : IAsyncLifetime
{
    internal SimulatorProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await SimulatorProcess.Start("--require-bundle-signature");

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

/// <summary>A database with one patient, nodes with the channel switched on, and what the simulator's ledger says about one appointment.</summary>
internal sealed class AppointmentBench(SimulatorProcess simulator) : IAsyncDisposable
{
    private const string Patient = "pat-1";
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);
    private static int senders;
    private readonly List<Node> nodes = [];
    private readonly int sender = Interlocked.Increment(ref senders);

    public KantaDatabase Database { get; } = new();
    public Guid Appointment { get; } = Guid.CreateVersion7();
    public SimulatorProcess Simulator => simulator;

    public async Task Open(bool identityCode = true)
    {
        await Database.InitializeAsync();
        // The simulator outlives the database of one test: identifiers must not begin anew.
        await Database.Execute("update care.controller set oid_root = $1", $"{Some.Root}.{900 + sender}");
        var cipher = Node().Get<FieldCipher>();
        async Task<byte[]> Sealed(string column, string text) => (await cipher.EncryptTextAsync(KeyScope.Patient(Patient), new FieldPlace("care.person." + column, Patient), text))!;
        await Database.Execute(
            """
            insert into care.person (patient_id, identity_code, identity_index, temporary_id, temporary_id_root, birth_date, sex, home_municipality, recorded_at, recorded_by)
            values ($1, $2, $3, $4, $5, $6, '2', '092', now(), $7)
            """, Patient, identityCode ? await Sealed("identity_code", "010594Y9032") : DBNull.Value, identityCode ? new byte[] { 1 } : DBNull.Value,
            identityCode ? DBNull.Value : await Sealed("temporary_id", "010594-9032"), identityCode ? DBNull.Value : $"{Some.Root}.22.2026", await Sealed("birth_date", "1994-05-01"),
            Guid.CreateVersion7());
    }

    public Node Node(params (string Key, string Value)[] changes)
    {
        var node = new Node(Database.ConnectionString, Database.Keys, Settings(changes));
        nodes.Add(node);
        return node;
    }

    public Dictionary<string, string?> Settings(params (string Key, string Value)[] changes)
    {
        var settings = Fixtures.Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        settings["Kanta:SenderOid"] = $"{Some.Root}.10.0.13.{900_000 + sender}";
        settings["Kanta:Appointments:Enabled"] = "true";
        settings["Kanta:Appointments:Endpoint"] = simulator.Appointments.ToString();
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        (settings["Kanta:FirstRetry"], settings["Kanta:LongestRetry"]) = ("00:00:00.010", "00:00:00.050");
        foreach (var (key, value) in changes)
        {
            settings["Kanta:" + key] = value;
        }
        return settings;
    }

    public async Task Change(Node node, AppointmentState state, int movedBy = 0, bool care = true)
    {
        node.Book.Facts[Appointment] = new AppointmentFacts(
            Appointment, Patient, KantaDatabase.ControllerId, Guid.Parse("0198f000-0000-7000-8000-00000000aaaa"), care, "Fysioterapia ä", state,
            Start.AddHours(movedBy), Start.AddHours(movedBy).AddMinutes(45), Start.AddDays(-7));
        await using var scope = node.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await scope.ServiceProvider.GetRequiredService<ArchiveAppointment>().ChangedAsync(Appointment, work, CancellationToken.None);
        await work.CommitAsync();
    }

    /// <summary>Booked, moved, here, done: four versions.</summary>
    public async Task Life(Node node)
    {
        await Change(node, AppointmentState.Booked);
        await Change(node, AppointmentState.Booked, movedBy: 2);
        await Change(node, AppointmentState.Arrived, movedBy: 2);
        await Change(node, AppointmentState.Done, movedBy: 2);
    }

    public Task Archived(int seconds = 60) => Invariants.AllArchived(Database, seconds);

    /// <summary>What the simulator took of this appointment, in its order: status and version, or an invalidation.</summary>
    public async Task<string[]> Taken()
    {
        var oid = await Database.Scalar<string>("select oid from kanta.document where kind = 'appointment' limit 1");
        var entries = (await simulator.Ledger()).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "appointment" && entry.GetProperty("outcome").GetString() is "archived" or "invalidated").ToArray();
        var id = entries.Select(entry => entry.GetProperty("appointment"))
            .FirstOrDefault(row => row.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.Object
                && resource.GetProperty("identifier")[0].GetProperty("value").GetString() == $"urn:oid:{oid}");
        return id.ValueKind == JsonValueKind.Undefined ? []
            : [.. entries.Where(entry => entry.GetProperty("appointment").GetProperty("id").GetString() == id.GetProperty("id").GetString()).Select(entry =>
                entry.GetProperty("outcome").GetString() == "invalidated" ? "invalidated"
                    : $"{entry.GetProperty("appointment").GetProperty("version").GetInt32()} {entry.GetProperty("appointment").GetProperty("resource").GetProperty("status").GetString()}")];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
        await Database.DisposeAsync();
    }
}
