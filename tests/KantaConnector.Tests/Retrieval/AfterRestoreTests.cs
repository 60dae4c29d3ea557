using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Queue;
using KantaConnector.Retrieval;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using Shouldly;

namespace KantaConnector.Tests.Retrieval;

/// <summary>A node that was left running while another declared the restore.</summary>
public sealed class AfterRestoreTests : IAsyncLifetime
{
    private readonly TestCertificates certificates = new();
    private readonly KantaDatabase database = new();

    public async ValueTask InitializeAsync() => await database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        certificates.Dispose();
    }

    [Fact]
    public async Task Begin_ElsewhereWhileANodeRuns_ItIssuesOidsAndMessageIdsInTheNewEpoch()
    {
        certificates.Client();
        var client = new CertificateSource { File = Path.Combine(certificates.Folder, "client.pem"), KeyFile = Path.Combine(certificates.Folder, "client-key.pem") };
        await using var node = new Node(database.ConnectionString, database.Keys, Node.Settings(new Uri("https://localhost:1/"), certificates.CaFile, client));
        (await Next(node)).ShouldBe($"{Some.Root}.11.2026.1.1");

        await using (var work = new UnitOfWork(database.DataSource))
        {
            await AfterRestore.Begin(work, database.Epochs, CancellationToken.None);
            await AfterRestore.End(work, CancellationToken.None);
            await work.CommitAsync();
        }

        (await Next(node)).ShouldBe($"{Some.Root}.11.2026.2.1");
        await node.Queue(Node.Event(1, notes: 0, correction: false));
        var claimed = (await node.Get<ClaimDocuments>().Take(1, node.Get<KantaCertificates>().Signing.Current().Certificate!, CancellationToken.None)).ShouldHaveSingleItem();
        claimed.MessageId.ShouldStartWith($"{Some.Root}.10.0.13.1.2.");
    }

    private async Task<string> Next(Node node)
    {
        var practice = await node.Get<PracticeDirectory>().GetAsync();
        await using var work = new UnitOfWork(database.DataSource);
        var oid = await OidIssuer.NextAsync(work, practice.Controllers[0], OidKind.Document, 2026, CancellationToken.None);
        await work.CommitAsync();
        return oid;
    }
}
