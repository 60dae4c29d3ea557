using System.Security.Cryptography;
using CareRecords.Access;
using CareRecords.Database;
using Npgsql;

namespace CareRecords.Audit;

/// <summary>
/// Puts committed leaves in order, appends them to the Merkle tree and signs the new head, all in one transaction on the connection that holds
/// the sealer's advisory lock: who loses the connection loses lock and transaction together. Between commit and seal a leaf is unprotected.
/// </summary>
internal sealed class SealLog : IAsyncDisposable
{
    /// <summary>The advisory lock of the one sealer ("care seal" in ASCII).</summary>
    private const long SealerLock = 0x63617265_7365616C;
    private const int RoundLimit = 5000;
    private readonly NpgsqlConnection _connection;
    private readonly LogSigner _signer;
    private readonly TimeProvider _clock;
    private readonly SealState _state;

    private SealLog(NpgsqlConnection connection, LogSigner signer, TimeProvider clock, SealState state) =>
        (_connection, _signer, _clock, _state) = (connection, signer, clock, state);

    /// <summary>The last round was full.</summary>
    internal bool MoreWaits { get; private set; }

    /// <summary>Becomes the sealer; null when another node is it.</summary>
    internal static async Task<SealLog?> TryBeginAsync(NpgsqlDataSource dataSource, LogSigner signer, TimeProvider clock, CancellationToken cancel)
    {
        var connection = await dataSource.OpenConnectionAsync(cancel);
        try
        {
            if (await SessionLock.TryTakeAsync(connection, SealerLock, cancel))
            {
                return new SealLog(connection, signer, clock, await ResumeAsync(connection, cancel));
            }

            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await LetGoAsync(connection);
            throw;
        }
    }

    /// <summary>Seals what is committed, at most one round's worth; returns the new head, or null when there was nothing new.</summary>
    internal async Task<TreeHead?> SealAsync(CancellationToken cancel)
    {
        await using var transaction = await _connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var (oldest, next) = await SnapshotAsync(transaction, cancel);
        var leaves = await UnsealedAsync(transaction, cancel);
        MoreWaits = leaves.Count == RoundLimit;
        if (leaves.Count == 0)
        {
            _state.Seen([], oldest, next);
            return null;
        }

        var first = _state.Tree.Size;
        var chains = new byte[leaves.Count][];
        var tree = MerkleTree.Resume(first, _state.Tree.Frontier());
        var chain = _state.Chain;
        for (var i = 0; i < chains.Length; i++)
        {
            var hash = MerkleTree.LeafHash(leaves[i].Canonical());
            tree.Append(hash);
            chain = chains[i] = ChainLink(chain, hash);
        }

        // The head names what will be settled once this round is in; a failure leaves the state as it was.
        var head = _signer.Sign(tree.Size, tree.Root(), _clock.GetUtcNow().UtcDateTime);
        await WriteAsync(transaction, leaves, chains, first, head, tree.Frontier(), _state.Settled, cancel);
        await transaction.CommitAsync(cancel);

        foreach (var leaf in leaves)
        {
            _state.Tree.Append(MerkleTree.LeafHash(leaf.Canonical()));
        }

        _state.Chain = chain;
        _state.Seen(leaves.Select(l => l.Id), oldest, next);
        return head;
    }

    /// <summary>The running hash over the sealed entries.</summary>
    internal static byte[] ChainLink(byte[] previous, byte[] leafHash) => SHA256.HashData([.. previous, .. leafHash]);

    public ValueTask DisposeAsync() => LetGoAsync(_connection);

    private static async ValueTask LetGoAsync(NpgsqlConnection connection)
    {
        await using (connection)
        {
            await SessionLock.ReleaseAsync(connection, SealerLock);
        }
    }

    private static async Task<SealState> ResumeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select h.tree_size, h.frontier, h.settled_leaf_id, s.chain
            from care.access_tree_head h left join care.access_seal s on s.position = h.tree_size - 1
            order by h.tree_size desc limit 1
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new SealState(
                MerkleTree.Resume(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), row.GetFieldValue<byte[]>(3), row.GetInt64(2))
            : new SealState(new MerkleTree(), new byte[MerkleTree.HashSize], 0);
    }

    private async Task<(ulong Oldest, ulong Next)> SnapshotAsync(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text from pg_current_snapshot() s", _connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (ulong.Parse(row.GetString(0), System.Globalization.CultureInfo.InvariantCulture),
            ulong.Parse(row.GetString(1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<List<AccessLeaf>> UnsealedAsync(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {LeafRows.Columns} from care.access_leaf l
            where (l.id > $1 or l.id = any($2)) and not exists (select from care.access_seal s where s.leaf_id = l.id)
            order by l.id limit $3
            """,
            _connection, transaction)
        { Parameters = { new() { Value = _state.High }, new() { Value = _state.Missing }, new() { Value = RoundLimit } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var leaves = new List<AccessLeaf>();
        while (await row.ReadAsync(cancel))
        {
            leaves.Add(LeafRows.Read(row));
        }

        return leaves;
    }

    private async Task WriteAsync(
        NpgsqlTransaction transaction, List<AccessLeaf> leaves, byte[][] chains, long first, TreeHead head, byte[] frontier, long settled,
        CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(_connection, transaction)
        {
            BatchCommands =
            {
                new("insert into care.access_seal (position, leaf_id, chain) select $1 + n - 1, leaf_id, chain from unnest($2, $3) with ordinality as s(leaf_id, chain, n)")
                {
                    Parameters = { new() { Value = first }, new() { Value = leaves.ConvertAll(l => l.Id).ToArray() }, new() { Value = chains } },
                },
                new("insert into care.access_tree_head (tree_size, root, frontier, settled_leaf_id, at, key_id, signature) values ($1, $2, $3, $4, $5, $6, $7)")
                {
                    Parameters =
                    {
                        new() { Value = head.Size }, new() { Value = head.Root }, new() { Value = frontier }, new() { Value = settled },
                        new() { Value = head.At }, new() { Value = head.KeyId }, new() { Value = head.Signature },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
