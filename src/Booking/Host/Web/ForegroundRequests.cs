using KantaConnector.Queue;

namespace Booking.Host.Web;

/// <summary>Tells background work that somebody waits for an answer; probes of the health pages do not count.</summary>
internal static class ForegroundRequests
{
    public static void UseForegroundRequests(this WebApplication app)
    {
        var foreground = app.Services.GetRequiredService<Foreground>();
        app.Use(async (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/health"))
            {
                await next(context);
                return;
            }

            foreground.Enter();
            try
            {
                await next(context);
            }
            finally
            {
                foreground.Leave();
            }
        });
    }
}
