using CareRecords.Database;

namespace CareRecords.Store;

/// <summary>Internal keys of resources, drawn from the database a thousand at a time. Unique, but not in the order of commits.</summary>
internal sealed class ResourceKeys : IDisposable
{
    private const long Block = 1000;
    private readonly SemaphoreSlim _gate = new(1);
    private long _next;
    private long _end;

    /// <param name="work">The caller's own: one that holds locks must not wait for a second connection from the pool.</param>
    internal async ValueTask<long> NextAsync(UnitOfWork work, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_next == _end)
            {
                // A sequence stands outside transactions: a block that is rolled back is only lost.
                await using var command = await work.CommandAsync("select nextval('care.resource_key')", cancel);
                _next = (long)(await command.ExecuteScalarAsync(cancel))!;
                _end = _next + Block;
            }

            return _next++;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
