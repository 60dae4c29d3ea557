using Npgsql;

namespace Booking.Messages;

/// <summary>Runs <see cref="SendMessages"/> when something was written, and every half minute for what has become due.</summary>
internal sealed class MessageSender(IServiceScopeFactory scopes, MessageSignal signal, TimeProvider clock, ILogger<MessageSender> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await OnceAsync(stoppingToken) > 0)
                {
                }

                await signal.WaitAsync(Longest, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                // The rows wait in the table; the database or the folder may be back by the next turn.
                logger.LogError(e, "Messages could not be sent; trying again in {Seconds} s", Longest.TotalSeconds);
                await Task.Delay(Longest, clock, stoppingToken);
            }
        }
    }

    private async Task<int> OnceAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SendMessages>().HandleAsync(cancel);
    }
}
