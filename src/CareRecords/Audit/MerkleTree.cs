using System.Security.Cryptography;

namespace CareRecords.Audit;

/// <summary>
/// A Merkle tree that only grows, hashed as RFC 6962 section 2.1 says (leaf prefix 0x00, node prefix 0x01, SHA-256). It keeps the roots of its
/// perfect subtrees only, largest first: enough to append and to give the root.
/// </summary>
internal sealed class MerkleTree
{
    internal const int HashSize = 32;
    private readonly List<byte[]> _subtrees = [];

    /// <summary>The number of leaves.</summary>
    internal long Size { get; private set; }

    /// <summary>Hash of a leaf's content.</summary>
    internal static byte[] LeafHash(ReadOnlySpan<byte> content)
    {
        Span<byte> input = content.Length < 1024 ? stackalloc byte[content.Length + 1] : new byte[content.Length + 1];
        input[0] = 0;
        content.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    /// <summary>A tree that goes on from a stored frontier.</summary>
    internal static MerkleTree Resume(long size, ReadOnlySpan<byte> frontier)
    {
        var tree = new MerkleTree { Size = size };
        if (frontier.Length != System.Numerics.BitOperations.PopCount((ulong)size) * HashSize)
        {
            throw new ArgumentException($"A tree of {size} leaves does not have a frontier of {frontier.Length} bytes.", nameof(frontier));
        }

        for (var i = 0; i < frontier.Length; i += HashSize)
        {
            tree._subtrees.Add(frontier.Slice(i, HashSize).ToArray());
        }

        return tree;
    }

    internal void Append(byte[] leafHash)
    {
        _subtrees.Add(leafHash);
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            var merged = Node(_subtrees[^2], _subtrees[^1]);
            _subtrees.RemoveRange(_subtrees.Count - 2, 2);
            _subtrees.Add(merged);
        }

        Size++;
    }

    /// <summary>The Merkle tree hash; of the empty tree the hash of nothing.</summary>
    internal byte[] Root()
    {
        if (_subtrees.Count == 0)
        {
            return SHA256.HashData([]);
        }

        var root = _subtrees[^1];
        for (var i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = Node(_subtrees[i], root);
        }

        return root;
    }

    /// <summary>The perfect subtrees' roots one after the other, for <see cref="Resume"/>.</summary>
    internal byte[] Frontier() => [.. _subtrees.SelectMany(h => h)];

    private static byte[] Node(byte[] left, byte[] right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }
}
