using Quartz;

namespace Booking.Attention;

/// <summary>Wakes the daily notice every few minutes; the use case decides whether today's is still owed.</summary>
[DisallowConcurrentExecution]
internal sealed class AttentionNoticeJob(IServiceScopeFactory scopes) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SendAttentionNotices>().HandleAsync(cancellationToken);
    }
}
