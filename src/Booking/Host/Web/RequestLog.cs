using System.Diagnostics;

namespace Booking.Host.Web;

/// <summary>
/// One line a request: method, route pattern, status, milliseconds, request id. The pattern stands for the address, because addresses may hold
/// codes of links in mails, and queries may hold anything.
/// </summary>
internal static class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Booking.Requests");
        app.Use(async (context, next) =>
        {
            var begun = Stopwatch.GetTimestamp();
            try
            {
                await next(context);
            }
            finally
            {
                if (logger.IsEnabled(LogLevel.Information) && !context.Request.Path.StartsWithSegments("/health"))
                {
                    var pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
                    logger.LogInformation(
                        "{Method} {Pattern} {Status} {Milliseconds:0} ms {RequestId}",
                        Known(context.Request.Method), pattern, context.Response.StatusCode,
                        Stopwatch.GetElapsedTime(begun).TotalMilliseconds, context.TraceIdentifier);
                }
            }
        });
    }

    // A method is the client's text.
    private static string Known(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
            || HttpMethods.IsPatch(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) ? method : "(other)";
}
