using CareRecords.Access;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CareRecords.Audit;

/// <summary>
/// Recomputes the whole log from its rows and compares it with the chain, the signed heads in the database and those exported outside it. Names
/// the first bad entry. What lies behind the last exported head can be cut off unseen, and what is not yet sealed can be changed unseen.
/// </summary>
public sealed class VerifyLog
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly LogSigner _signer;
    private readonly IOptions<AccessLogOptions> _options;

    internal VerifyLog(NpgsqlDataSource dataSource, LogSigner signer, IOptions<AccessLogOptions> options) =>
        (_dataSource, _signer, _options) = (dataSource, signer, options);

    /// <summary>What the verification found.</summary>
    /// <param name="Sealed">Entries that were checked.</param>
    /// <param name="Unsealed">Committed entries that wait for the sealer.</param>
    /// <param name="ExportedHeads">Signed heads outside the database that the log was compared with; 0 means that a cut-off tail would not show.</param>
    /// <param name="Fault">The first bad entry; null when all is well.</param>
    public sealed record Result(long Sealed, long Unsealed, int ExportedHeads, Fault? Fault);

    /// <param name="Position">The sealed position of the first bad entry, from 0; null when it never had one.</param>
    /// <param name="LeafId">Its row in care.access_leaf, where known.</param>
    public sealed record Fault(long? Position, long? LeafId, string What);

    /// <summary>Reads everything in one snapshot; about a hundred thousand entries a second.</summary>
    public async Task<Result> HandleAsync(CancellationToken cancel = default)
    {
        var (exported, unreadable) = await HeadExport.ReadAsync(_options.Value.HeadsFile, cancel);
        await using var connection = await _dataSource.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var heads = await HeadsAsync(connection, cancel);
        var (size, fault) = await WalkAsync(connection, Checkpoints(heads, exported), cancel);
        fault ??= Ends(size, heads, exported) ?? await BehindTheSealerAsync(connection, cancel);
        fault ??= unreadable.Count > 0 ? new Fault(null, null, $"Line {unreadable[0]} of the exported heads cannot be read.") : null;
        return new Result(size, await CountUnsealedAsync(connection, cancel), exported.Count, fault);
    }

    private async Task<(long Size, Fault? Fault)> WalkAsync(
        NpgsqlConnection connection, SortedDictionary<long, List<TreeHead>> checkpoints, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select s.position, s.leaf_id, s.chain, l.id is not null, {LeafRows.Columns}
            from care.access_seal s left join care.access_leaf l on l.id = s.leaf_id order by s.position
            """,
            connection)
        { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var tree = new MerkleTree();
        var chain = new byte[MerkleTree.HashSize];
        while (await row.ReadAsync(cancel))
        {
            var (position, leafId) = (row.GetInt64(0), row.GetInt64(1));
            if (position != tree.Size)
            {
                return (tree.Size, new Fault(tree.Size, null, $"Entry {tree.Size} is missing: the next one is {position}."));
            }

            if (!row.GetBoolean(3))
            {
                return (tree.Size, new Fault(position, leafId, $"Entry {position} was deleted: its row {leafId} is gone."));
            }

            var hash = MerkleTree.LeafHash(LeafRows.Read(row, 4).Canonical());
            chain = SealLog.ChainLink(chain, hash);
            if (!chain.AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(2)))
            {
                return (tree.Size, new Fault(position, leafId, $"Entry {position} (row {leafId}) is not what was sealed there."));
            }

            tree.Append(hash);
            if (checkpoints.TryGetValue(tree.Size, out var heads) && Disagrees(tree, heads, checkpoints) is { } fault)
            {
                return (tree.Size, fault);
            }
        }

        return (tree.Size, null);
    }

    private Fault? Disagrees(MerkleTree tree, List<TreeHead> heads, SortedDictionary<long, List<TreeHead>> checkpoints)
    {
        var root = tree.Root();
        var good = checkpoints.Keys.LastOrDefault(size => size < tree.Size);
        foreach (var head in heads)
        {
            if (!_signer.Verify(head))
            {
                return new Fault(tree.Size - 1, null, $"The head of {head.Size} entries does not carry our signature (key {head.KeyId}).");
            }

            if (!root.AsSpan().SequenceEqual(head.Root))
            {
                return new Fault(good, null, $"An entry from {good} to {head.Size - 1} was changed: the signed head of {head.Size} entries has another root.");
            }
        }

        return null;
    }

    private static Fault? Ends(long size, List<TreeHead> heads, IReadOnlyList<TreeHead> exported)
    {
        if (exported.FirstOrDefault(h => h.Size > size) is { } outside)
        {
            return new Fault(size, null, $"Entry {size} is missing: a head of {outside.Size} entries was exported at {outside.At:O}.");
        }

        var signed = heads.Count == 0 ? 0 : heads[^1].Size;
        return signed == size ? null
            : signed > size ? new Fault(size, null, $"Entry {size} is missing: the last signed head has {signed} entries.")
            : new Fault(signed, null, $"Entry {signed} was inserted without a signature: the last signed head has {signed} entries.");
    }

    /// <summary>A leaf among ids that were settled long ago, yet never sealed, came in round the log's own door.</summary>
    private static async Task<Fault?> BehindTheSealerAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select min(l.id) from care.access_leaf l
            where l.id <= (select coalesce(max(settled_leaf_id), 0) from care.access_tree_head)
              and not exists (select from care.access_seal s where s.leaf_id = l.id)
            """,
            connection)
        { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancel) is long id ? new Fault(null, id, $"Row {id} was inserted among entries sealed before.") : null;
    }

    private static async Task<long> CountUnsealedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select count(*) from care.access_leaf l where not exists (select from care.access_seal s where s.leaf_id = l.id)", connection)
        { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<List<TreeHead>> HeadsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select tree_size, root, at, key_id, signature from care.access_tree_head order by tree_size", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var heads = new List<TreeHead>();
        while (await row.ReadAsync(cancel))
        {
            heads.Add(new TreeHead(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetDateTime(2), row.GetString(3), row.GetFieldValue<byte[]>(4)));
        }

        return heads;
    }

    private static SortedDictionary<long, List<TreeHead>> Checkpoints(List<TreeHead> heads, IReadOnlyList<TreeHead> exported)
    {
        var bySize = new SortedDictionary<long, List<TreeHead>>();
        foreach (var head in heads.Concat(exported))
        {
            if (!bySize.TryGetValue(head.Size, out var at))
            {
                bySize[head.Size] = at = [];
            }

            at.Add(head);
        }

        return bySize;
    }
}
