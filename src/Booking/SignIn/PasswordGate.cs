using System.Threading.RateLimiting;

namespace Booking.SignIn;

/// <summary>
/// Lets only so many password hashes run at once that one core stays free for everything else: a hash takes about 0.2 s. A few wait; the rest are turned
/// away before any work is done.
/// </summary>
internal sealed class PasswordGate : IDisposable
{
    readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount - 1),
        QueueLimit = 16,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>A place, or null when too many wait already. Dispose it after the hash.</summary>
    public async Task<IDisposable?> EnterAsync(CancellationToken cancel)
    {
        var lease = await limiter.AcquireAsync(1, cancel);
        if (lease.IsAcquired)
        {
            return lease;
        }
        lease.Dispose();
        return null;
    }

    public void Dispose() => limiter.Dispose();
}
