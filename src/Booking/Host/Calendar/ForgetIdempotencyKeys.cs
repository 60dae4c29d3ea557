using Npgsql;
using Quartz;

namespace Booking.Host.Calendar;

/// <summary>Drops idempotency keys that no client can still repeat. Keys of archived documents live with their documents, not here.</summary>
[DisallowConcurrentExecution]
internal sealed class ForgetIdempotencyKeys(NpgsqlDataSource dataSource) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand("delete from care.idempotency where created_at < now() - interval '90 days'");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
