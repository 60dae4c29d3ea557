using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fhir.Model;
using Npgsql;

namespace CareRecords.Store;

/// <summary>
/// Locks, held until the end of the transaction, that make "create unless there is one" exact although search criteria cannot be a constraint. A
/// writer locks the identifiers in its body and shares its type's lock; a conditional write locks the identifier in its criteria, or, where the
/// criteria are of another kind, the whole type.
/// </summary>
internal static class IdentityLocks
{
    /// <summary>Keys of a body's identifiers, in the order in which every transaction takes them.</summary>
    internal static long[] Of(Element resource)
    {
        var keys = new SortedSet<long>();
        foreach (var identifier in resource.ChildrenNamed("identifier"))
        {
            if (identifier.TextAt("value") is { } value)
            {
                keys.Add(Identifier(resource.TypeName, identifier.TextAt("system"), value));
            }
        }

        return [.. keys];
    }

    internal static long Identifier(string type, string? system, string value) => Key($"identifier\n{type}\n{system}\n{value}");

    /// <summary>For a plain write: shares the type, locks the identities. One statement, so that it can lead a batch.</summary>
    internal static NpgsqlBatchCommand ForWrite(string type, long[] identities) => new(
        "select pg_advisory_xact_lock_shared($1), (select count(pg_advisory_xact_lock(k)) from unnest($2) as k)")
    {
        Parameters = { new() { Value = Key("type\n" + type) }, new() { Value = identities } },
    };

    /// <summary>For a conditional write whose criteria name identifiers only.</summary>
    internal static Task TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string type, long[] identities, CancellationToken cancel) =>
        RunAsync(connection, transaction, ForWrite(type, identities), cancel);

    /// <summary>For a conditional write by other criteria: nobody else writes this type until the transaction ends.</summary>
    internal static Task TakeTypeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string type, CancellationToken cancel) =>
        RunAsync(
            connection, transaction,
            new NpgsqlBatchCommand("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = Key("type\n" + type) } } }, cancel);

    private static async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlBatchCommand command, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static long Key(string text) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
