using System.Collections.Concurrent;
using CareRecords.Protection;

namespace CareRecords.Search;

/// <summary>The keys of the search index: rows are written under the current one, and found under every one that is not retired.</summary>
internal sealed class SearchKeys(MasterKeys master) : IDisposable
{
    private readonly ConcurrentDictionary<short, SearchHash> _hashes = [];

    internal SearchHash Current => Of(master.SearchEpoch);

    /// <summary>The current one first.</summary>
    internal IReadOnlyList<SearchHash> Live => master.SearchEpochs is var epochs && epochs.Count == 1 ? [Of(epochs[0])] : [.. epochs.Select(Of)];

    public void Dispose()
    {
        foreach (var hash in _hashes.Values)
        {
            hash.Dispose();
        }
    }

    private SearchHash Of(short epoch) => _hashes.TryGetValue(epoch, out var hash) ? hash : _hashes.GetOrAdd(epoch, new SearchHash(master, epoch));
}
