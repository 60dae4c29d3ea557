namespace CareRecords.Database;

/// <summary>
/// Each user write carries a key made by the client (a hidden form field, or a header). The key is claimed in the transaction of the write, so that
/// a repeated request finds the first one's result instead of doing the work again.
/// </summary>
public static class Idempotency
{
    /// <summary>
    /// Claims the key. Null: the key is new and this transaction owns it. Otherwise the result that the first use stored with
    /// <see cref="CompleteAsync"/>. A concurrent holder of the same key is waited for.
    /// </summary>
    public static async ValueTask<string?> ClaimAsync(UnitOfWork work, Guid key, string useCase, CancellationToken cancel)
    {
        var claimed = await work.ExecuteAsync(
            "insert into care.idempotency (key, use_case) values ($1, $2) on conflict (key) do nothing", cancel, key, useCase);
        if (claimed == 1)
        {
            return null;
        }

        return await work.ScalarAsync<string>("select coalesce(result, '') from care.idempotency where key = $1 and use_case = $2", cancel, key, useCase)
            ?? throw new InvalidOperationException($"Idempotency key {key} was used for something else than {useCase}.");
    }

    /// <summary>Stores what a repeated request is to be answered with: an id or a small JSON text without personal data.</summary>
    public static async ValueTask CompleteAsync(UnitOfWork work, Guid key, string result, CancellationToken cancel) =>
        await work.ExecuteAsync("update care.idempotency set result = $2 where key = $1", cancel, key, result);
}
