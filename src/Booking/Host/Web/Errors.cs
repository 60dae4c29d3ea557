using CareRecords.Access;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace Booking.Host.Web;

/// <summary>
/// What a client sees of errors, by route group: an area that wants its own form (OperationOutcome under /fhir) writes the answer itself; programs
/// get ProblemDetails; people get the page /error/{status}. An unreachable database is 503 with Retry-After, everything else unexpected 500
/// without details.
/// </summary>
internal static class Errors
{
    public static IServiceCollection AddErrors(this IServiceCollection services) => services.AddProblemDetails();

    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // Re-executing the page once more here would hide the first failure behind a second one when the database is away.
            ExceptionHandler = AnswerAsync,
            SuppressDiagnosticsCallback = _ => false,
        });
        app.UseWhen(c => WantsPage(c.Request), pages => pages.UseStatusCodePagesWithReExecute("/error/{0}"));
        app.UseWhen(c => !WantsPage(c.Request), programs => programs.UseStatusCodePages());
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        context.Response.StatusCode = error switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            _ when IsAway(error) => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "3";
        }

        if (WantsPage(context.Request))
        {
            await ErrorPage.WriteAsync(context);
        }
        else
        {
            await Results.Problem(statusCode: context.Response.StatusCode).ExecuteAsync(context);
        }
    }

    // The database is away: as itself, wrapped by EF Core, or as an access that could not be logged.
    private static bool IsAway(Exception? error) => error is not null
        && (error is NpgsqlException { IsTransient: true } or AccessLogUnavailableException || IsAway(error.InnerException));

    private static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/fhir") && !request.Path.StartsWithSegments("/health")
        && (request.Headers.Accept.Count == 0 || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal));
}
