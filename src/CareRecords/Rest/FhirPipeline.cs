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
    internal static RequestDelegate For(Func<FhirCall, Task<FhirAnswer>> interaction) => context => RunAsync(context, interaction, onlyReads: false);

    /// <summary>
    /// The same for an interaction that changes nothing. A GET is begun under the rights that its token had last, while the database is asked for
    /// those that it has; when they are no longer the same, what was found is thrown away, unseen and unlogged, and the interaction runs anew.
    /// </summary>
    internal static RequestDelegate Reading(Func<FhirCall, Task<FhirAnswer>> interaction) => context => RunAsync(context, interaction, onlyReads: true);

    private static async Task RunAsync(HttpContext context, Func<FhirCall, Task<FhirAnswer>> interaction, bool onlyReads)
    {
        FhirAnswer answer;
        var wanted = Representation.Of(context.Request.Headers.Accept, FhirRequestReader.Parameters(context.Request.QueryString.Value));
        try
        {
            if (await AnswerAsync(context, interaction, onlyReads && HttpMethods.IsGet(context.Request.Method)) is not { } given)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"fhir\"";
                answer = Outcome.Error(401, "login", "Send a valid bearer token.");
            }
            else
            {
                (answer, wanted) = given;
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

    /// <summary>Null without a valid token.</summary>
    private static async Task<(FhirAnswer Answer, Representation Wanted)?> AnswerAsync(HttpContext context, Func<FhirCall, Task<FhirAnswer>> interaction, bool mayBegin)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var services = context.RequestServices;
        // Read before any transaction: a writer that holds locks must not wait for a second connection from the pool.
        await services.GetRequiredService<PracticeDirectory>().FindAsync(context.RequestAborted);
        var (asked, last) = services.GetRequiredService<TokenLookup>().Find(text[scheme.Length..].Trim(), context.RequestAborted);
        if (mayBegin && last is not null)
        {
            var begun = InteractAsync(context, last, interaction);
            await Task.WhenAny(asked);
            if (asked.IsCompletedSuccessfully && last.IsSame(asked.Result))
            {
                return await begun;
            }

            await Task.WhenAny(begun);
        }

        return await asked is { } token ? await InteractAsync(context, token, interaction) : null;
    }

    private static async Task<(FhirAnswer Answer, Representation Wanted)> InteractAsync(HttpContext context, BearerTokens.Token token, Func<FhirCall, Task<FhirAnswer>> interaction)
    {
        var services = context.RequestServices;
        services.GetRequiredService<CurrentUser>().Become(token.UserId ?? token.Id, token.Name, token.Role, patientId: token.PatientId);
        var rights = AccessRights.Of(services.GetRequiredService<ServedTypes>(), token, services.GetRequiredService<TimeProvider>().GetUtcNow());
        var (call, refusal) = await FhirRequestReader.ReadAsync(context, rights);
        return (refusal ?? await interaction(call), call.Wanted);
    }

    private static FhirAnswer Unavailable(HttpContext context, Exception e, string text)
    {
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("CareRecords.Rest")
            .LogError(e, "A request under /fhir failed on the database.");
        context.Response.Headers.RetryAfter = "5";
        return Outcome.Error(503, "transient", text);
    }
}
