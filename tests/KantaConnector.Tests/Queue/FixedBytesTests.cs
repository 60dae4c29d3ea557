using KantaConnector.Queue;
using KantaConnector.Tests.Faults;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using Npgsql;
using Shouldly;

namespace KantaConnector.Tests.Queue;

/// <summary>The database itself refuses to change what was signed, whoever asks.</summary>
public sealed class FixedBytesTests : IAsyncLifetime
{
    private readonly FaultBench bench = new();

    public ValueTask InitializeAsync() => bench.InitializeAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static readonly string[] changes =
    [
        "oid = oid || '1'", "kind = 'care'", "set_id = set_id || '1'", "version = 7", "body = body || '\\x00'::bytea", "wrapper = wrapper || '\\x00'::bytea",
        "sha256 = sha256 || '\\x00'::bytea", "signed_at = signed_at + interval '1 second'", "signed_at = null, sha256 = null",
    ];

    [Fact]
    public async Task Update_OfASignedDocument_IsRefused()
    {
        var node = bench.NewNode();
        await node.Queue(FaultBench.Events(1, notes: 0, correction: false));
        (await node.Get<ClaimDocuments>().Take(1, node.Get<KantaCertificates>().Signing.Current().Certificate!, CancellationToken.None)).ShouldHaveSingleItem();
        foreach (var change in changes)
        {
            (await Should.ThrowAsync<PostgresException>(() => bench.Database.Execute($"update kanta.document set {change}"), change)).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation, change);
        }
        await bench.Database.Execute("update kanta.document set available_at = clock_timestamp(), reason = 'anything else may change'");
    }
}
