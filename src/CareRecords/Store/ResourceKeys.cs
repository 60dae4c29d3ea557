using Npgsql;

namespace CareRecords.Store;

/// <summary>Internal keys of resources, drawn from the database a thousand at a time. Unique, but not in the order of commits.</summary>
internal sealed class ResourceKeys(NpgsqlDataSource dataSource) : IDisposable
{
    private const long Block = 1000;
    private readonly SemaphoreSlim _gate = new(1);
    private long _next;
    private long _end;

    internal async ValueTask<long> NextAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_next == _end)
            {
                // Outside the caller's transaction, so that waiting writers do not wait for its end.
                await using var command = dataSource.CreateCommand("select nextval('care.resource_key')");
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
