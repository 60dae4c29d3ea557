using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;

namespace KantaConnector.Tests.Faults;

/// <summary>A database, a sink that plays the archive, certificates, and nodes that a scenario starts.</summary>
public sealed class FaultBench(bool ownServer = false) : IAsyncLifetime
{
    private readonly List<Node> nodes = [];
    private CertificateSource client = null!;

    internal KantaDatabase Database { get; } = new(ownServer);
    internal TestCertificates Certificates { get; } = new();
    internal ArchiveSink Sink { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Sink = await ArchiveSink.Start(Certificates.Server());
        client = Certificates.Client();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
        await Sink.DisposeAsync();
        await Database.DisposeAsync();
        Certificates.Dispose();
    }

    internal Dictionary<string, string?> Settings(params (string Key, string Value)[] changes)
    {
        var settings = Node.Settings(Sink.Address, Certificates.CaFile, client);
        foreach (var (key, value) in changes)
        {
            settings["Kanta:" + key] = value;
        }
        return settings;
    }

    internal Node NewNode(string? connection = null, TimeProvider? clock = null, params (string Key, string Value)[] changes)
    {
        var node = new Node(connection ?? Database.ConnectionString, Database.Keys, Settings(changes), clock);
        nodes.Add(node);
        return node;
    }

    internal static Submission[] Events(int count, int notes = 2, bool correction = true, int from = 1) =>
        [.. Enumerable.Range(from, count).SelectMany(number => Node.Event(number, notes, correction))];
}
