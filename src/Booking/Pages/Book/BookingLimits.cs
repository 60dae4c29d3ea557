using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace Booking.Pages.Book;

/// <summary>Section "Booking": how much one address may ask of the public pages.</summary>
internal sealed class BookingOptions
{
    [Range(1, 100_000)]
    public int ViewsPerMinute { get; set; } = 120;

    /// <summary>Details, bookings and changes sent.</summary>
    [Range(1, 100_000)]
    public int PostsPerMinute { get; set; } = 30;
}

/// <summary>Refuses an address that asks too often, with 429 and a page that says so.</summary>
internal sealed class BookingLimits(IOptions<BookingOptions> options) : IAsyncPageFilter, IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, (string, bool)>(http =>
    {
        var post = HttpMethods.IsPost(http.Request.Method);
        return RateLimitPartition.GetTokenBucketLimiter((Sender(http.Connection.RemoteIpAddress), post), _ =>
        {
            var limit = post ? options.Value.PostsPerMinute : options.Value.ViewsPerMinute;
            return new TokenBucketRateLimiterOptions
            {
                TokenLimit = limit,
                TokensPerPeriod = Math.Max(1, limit / 6),
                ReplenishmentPeriod = TimeSpan.FromSeconds(10),
                QueueLimit = 0,
            };
        });
    });

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        using var lease = _limiter.AttemptAcquire(context.HttpContext);
        if (lease.IsAcquired)
        {
            await next();
            return;
        }

        context.HttpContext.Response.Headers.RetryAfter = "10";
        context.Result = new StatusCodeResult(StatusCodes.Status429TooManyRequests);
    }

    public void Dispose() => _limiter.Dispose();

    // An IPv6 customer has a whole /64.
    private static string Sender(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
