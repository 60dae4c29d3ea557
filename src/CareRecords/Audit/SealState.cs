namespace CareRecords.Audit;

/// <summary>
/// Which leaves the sealer has seen. Ids are given before their transactions commit, so a missing id may still appear: it is watched until every
/// transaction that ran when it was first missed has ended.
/// </summary>
internal sealed class SealState(MerkleTree tree, byte[] chain, long settled)
{
    // An id is drawn a moment before its transaction becomes visible to snapshots; some further rounds bridge that moment.
    private const int ExtraRounds = 20;
    private readonly SortedDictionary<long, Gap> _gaps = [];

    private sealed record Gap(ulong RunningBelow, int Rounds);

    internal MerkleTree Tree { get; } = tree;

    /// <summary>The last entry's chain value; of the empty log 32 zero bytes.</summary>
    internal byte[] Chain { get; set; } = chain;

    /// <summary>The highest id seen.</summary>
    internal long High { get; private set; } = settled;

    internal long[] Missing => [.. _gaps.Keys];

    /// <summary>Every id up to this one is sealed or will never exist.</summary>
    internal long Settled => _gaps.Count == 0 ? High : _gaps.Keys.First() - 1;

    /// <summary>Takes in a round: the visible ids above <see cref="High"/> and those that were missing, ascending.</summary>
    /// <param name="oldestRunning">pg_snapshot_xmin: every transaction below it has ended.</param>
    /// <param name="nextTransaction">pg_snapshot_xmax: no transaction at or above it had begun.</param>
    internal void Seen(IEnumerable<long> ids, ulong oldestRunning, ulong nextTransaction)
    {
        foreach (var (id, gap) in _gaps.ToList())
        {
            if (gap.RunningBelow <= oldestRunning)
            {
                if (gap.Rounds >= ExtraRounds)
                {
                    _gaps.Remove(id);
                }
                else
                {
                    _gaps[id] = gap with { Rounds = gap.Rounds + 1 };
                }
            }
        }

        foreach (var id in ids)
        {
            if (id <= High)
            {
                _gaps.Remove(id);
                continue;
            }

            for (var missing = High + 1; missing < id; missing++)
            {
                _gaps[missing] = new Gap(nextTransaction, 0);
            }

            High = id;
        }
    }
}
