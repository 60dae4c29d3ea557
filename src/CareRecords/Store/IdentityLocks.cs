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

    // Searches take values that differ in case for the same.
    internal static long Identifier(string type, string? system, string value) => Key($"identifier\n{type}\n{system}\n{value.ToLowerInvariant()}");

    /// <summary>
    /// For a plain write: shares the type, locks the identities, and fails where the key under which the search index would be written was taken out of use.
    /// One statement, so that it can lead a batch.
    /// </summary>
    internal static NpgsqlBatchCommand ForWrite(string type, long[] identities, short epoch) => new(
        "select pg_advisory_xact_lock_shared($1), care.use_search_key($3), (select count(pg_advisory_xact_lock(k)) from unnest($2) as k)")
    {
        Parameters = { new() { Value = Key("type\n" + type) }, new() { Value = identities }, new() { Value = epoch } },
    };

    /// <summary>Fails where the key of this epoch was taken out of use; nobody takes it out before the transaction ends.</summary>
    internal static NpgsqlBatchCommand UseSearchKey(short epoch) => new("do $$ begin perform care.use_search_key(" + epoch.ToString(System.Globalization.CultureInfo.InvariantCulture) + "::smallint); end $$");

    /// <summary>For conditional writes, before they search: all locks of the transaction at once and in order, so that two never wait for each other.</summary>
    /// <param name="whole">Types that nobody else may write until the transaction ends: criteria of any kind.</param>
    /// <param name="shared">Types that are written beside others.</param>
    /// <param name="identities">Identifiers in criteria and bodies.</param>
    internal static async Task TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<string> whole, IEnumerable<string> shared, IEnumerable<long> identities,
        CancellationToken cancel)
    {
        var exclusive = whole.ToHashSet(StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var type in exclusive.Concat(shared).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(exclusive.Contains(type) ? "select pg_advisory_xact_lock($1)" : "select pg_advisory_xact_lock_shared($1)")
            {
                Parameters = { new() { Value = Key("type\n" + type) } },
            });
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("select count(pg_advisory_xact_lock(k)) from unnest($1) as k")
        {
            Parameters = { new() { Value = identities.Distinct().Order().ToArray() } },
        });
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static long Key(string text) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
