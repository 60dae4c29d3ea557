using CareRecords.Database;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>
/// Runs each write in a transaction of its own, commits it unless the answer is an error, and runs it anew where PostgreSQL gave it up for another
/// (deadlock, serialisation): nothing of it is left then. At most as many at a time as leave connections for those who read: a write that waits for a
/// lock holds its connection, and without the gate a crowd at one identity empties the pool for everybody.
/// </summary>
internal sealed class WriteGate(NpgsqlDataSource dataSource) : IDisposable
{
    private const int Turns = 5;
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _gate = new(Width(dataSource));

    /// <param name="work">The request's own, so that an owner's use cases, which are given it too, write in the same transaction.</param>
    internal async Task<FhirAnswer> RunAsync(UnitOfWork work, Func<UnitOfWork, Task<FhirAnswer>> write, CancellationToken cancel)
    {
        if (!await _gate.WaitAsync(_longestWait, cancel))
        {
            return Outcome.Error(503, "throttled", "Too many writes wait already. Nothing was changed; try again later.");
        }

        try
        {
            for (var turn = 1; ; turn++)
            {
                try
                {
                    return await OnceAsync(work, write, cancel);
                }
                catch (PostgresException e) when (Faults.IsConflict(e) && turn < Turns)
                {
                    await Task.Delay(Random.Shared.Next(5, 25 * turn), cancel);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<FhirAnswer> OnceAsync(UnitOfWork work, Func<UnitOfWork, Task<FhirAnswer>> write, CancellationToken cancel)
    {
        try
        {
            var answer = await write(work);
            if (answer.Status < 400)
            {
                await work.CommitAsync(cancel);
            }

            return answer;
        }
        finally
        {
            await work.RollbackAsync();
        }
    }

    private static int Width(NpgsqlDataSource dataSource)
    {
        var pool = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).MaxPoolSize;
        return Math.Max(1, pool * 3 / 5);
    }
}

/// <summary>What the database says against one request, as an answer to it.</summary>
internal static class Faults
{
    // care.use_search_key: the key file was changed since it was last looked at.
    private const string SearchKeyClosed = "CR001";

    /// <summary>Given up for another transaction; it may be run again.</summary>
    internal static bool IsConflict(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or SearchKeyClosed;

    /// <summary>The fault lies in what this request met or asked, not in the database as a whole.</summary>
    internal static bool IsOneRequests(NpgsqlException e) => e is PostgresException p && (IsConflict(p) || p.SqlState == PostgresErrorCodes.QueryCanceled);

    internal static FhirAnswer Answer(NpgsqlException e) => e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
        ? Outcome.Error(503, "too-costly", "The request took too long and was given up.")
        : Outcome.Error(409, "conflict", "Another request changed the same data at the same time. Nothing was changed; try again.");
}
