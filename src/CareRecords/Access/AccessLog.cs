using CareRecords.Database;
using CareRecords.Practice;

namespace CareRecords.Access;

/// <summary>
/// Records who touched personal data, denied tries too. A write is logged in its own transaction; a read through a channel that many requests
/// share. When the entry cannot be written the caller gets an exception and must not go on: the log fails closed. Scoped.
/// </summary>
public sealed class AccessLog
{
    private readonly CurrentUser _user;
    private readonly PracticeDirectory _practice;
    private readonly AccessChannel _channel;

    internal AccessLog(CurrentUser user, PracticeDirectory practice, AccessChannel channel) =>
        (_user, _practice, _channel) = (user, practice, channel);

    /// <summary>
    /// For a write: the entry stands or falls with the transaction. Call it once for each interaction, before the commit, with which it is sent.
    /// </summary>
    public async ValueTask RecordAsync(UnitOfWork work, AccessEntry entry, CancellationToken cancel = default) =>
        work.Defer([LeafRows.Command([await ForAsync(entry, cancel)])]);

    /// <summary>For several entries of one transaction, such as those of a Bundle.</summary>
    public async ValueTask RecordAsync(UnitOfWork work, IReadOnlyCollection<AccessEntry> entries, CancellationToken cancel = default)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var records = new List<AccessRecord>(entries.Count);
        foreach (var entry in entries)
        {
            records.Add(await ForAsync(entry, cancel));
        }

        work.Defer([LeafRows.Command(records)]);
    }

    /// <summary>
    /// For a read or a denied try: returns when the entry is durable, before which nothing may be shown. Throws
    /// <see cref="AccessLogUnavailableException"/> when it cannot be written.
    /// </summary>
    public async ValueTask RecordAsync(AccessEntry entry, CancellationToken cancel = default) =>
        await _channel.WriteAsync(await ForAsync(entry, cancel), cancel);

    /// <summary>For one answer that shows several things at once, such as a batch.</summary>
    public async ValueTask RecordAsync(IReadOnlyCollection<AccessEntry> entries, CancellationToken cancel = default)
    {
        var written = new List<Task>(entries.Count);
        foreach (var entry in entries)
        {
            written.Add(_channel.WriteAsync(await ForAsync(entry, cancel), cancel));
        }

        await Task.WhenAll(written);
    }

    private async ValueTask<AccessRecord> ForAsync(AccessEntry entry, CancellationToken cancel)
    {
        var practice = await _practice.FindAsync(cancel);
        return new AccessRecord(entry, practice?.Id, _user.RequestId, _user.UserId, _user.Name, _user.Role.ToString());
    }
}
