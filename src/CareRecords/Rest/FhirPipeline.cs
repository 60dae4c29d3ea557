using CareRecords.Access;
using CareRecords.Practice;
using CareRecords.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>
/// What every request under /fhir goes through: bearer token, content types, the interaction, the access log, the answer. Cookies are never looked
/// at. Nothing is shown before its access is logged.
/// </summary>
internal static class FhirPipeline
{
    internal static RequestDelegate For(Func<FhirCall, Task<FhirAnswer>> interaction) => context => RunAsync(context, interaction);

    private static async Task RunAsync(HttpContext context, Func<FhirCall, Task<FhirAnswer>> interaction)
    {
        FhirAnswer answer;
        var wanted = Representation.Of(context.Request.Headers.Accept, FhirRequestReader.Parameters(context.Request.QueryString.Value));
        try
        {
            if (await RightsAsync(context) is not { } rights)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"fhir\"";
                answer = Outcome.Error(401, "login", "Send a valid bearer token.");
            }
            else
            {
                (var call, var refusal) = await FhirRequestReader.ReadAsync(context, rights);
                wanted = call.Wanted;
                answer = refusal ?? await interaction(call);
                if (answer.Accesses.Count > 0)
                {
                    await context.RequestServices.GetRequiredService<AccessLog>().RecordAsync(answer.Accesses, context.RequestAborted);
                }
            }
        }
        catch (AccessLogUnavailableException e)
        {
            answer = Unavailable(context, e, "The access could not be logged, so it was not given. Try again later.");
        }
        catch (NpgsqlException e) when (Faults.IsOneRequests(e))
        {
            answer = Faults.Answer(e);
        }
        catch (NpgsqlException e)
        {
            answer = Unavailable(context, e, "The database cannot be reached. Try again later.");
        }
        catch (BadHttpRequestException e)
        {
            answer = Outcome.Error(e.StatusCode, e.StatusCode == 413 ? "too-long" : "structure", "The request could not be read to its end.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("CareRecords.Rest").LogError(e, "A request under /fhir failed.");
            answer = Outcome.Error(500, "exception", "The request failed by a fault of this server. Nothing was changed; the fault was logged.");
        }

        await FhirResponse.SendAsync(context, answer, wanted);
    }

    private static async ValueTask<AccessRights?> RightsAsync(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var services = context.RequestServices;
        var clock = services.GetRequiredService<TimeProvider>();
        var token = await services.GetRequiredService<TokenLookup>().FindAsync(text[scheme.Length..].Trim(), context.RequestAborted);
        if (token is null)
        {
            return null;
        }

        // Read before any transaction: a writer that holds locks must not wait for a second connection from the pool.
        await services.GetRequiredService<PracticeDirectory>().FindAsync(context.RequestAborted);
        services.GetRequiredService<CurrentUser>().Become(token.UserId ?? token.Id, token.Name, token.Role, patientId: token.PatientId);
        return AccessRights.Of(services.GetRequiredService<ServedTypes>(), token, clock.GetUtcNow());
    }

    private static FhirAnswer Unavailable(HttpContext context, Exception e, string text)
    {
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("CareRecords.Rest")
            .LogError(e, "A request under /fhir failed on the database.");
        context.Response.Headers.RetryAfter = "5";
        return Outcome.Error(503, "transient", text);
    }
}
