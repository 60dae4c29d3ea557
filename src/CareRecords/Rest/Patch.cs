using System.Text;
using CareRecords.Database;
using CareRecords.Store;
using Fhir.Json;
using Fhir.Patch;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// patch and conditional patch (https://hl7.org/fhir/R4/http.html#patch): JSON Patch (application/json-patch+json) and FHIRPath Patch (a Parameters
/// resource). The row is locked from reading to writing, so that no update is lost between.
/// </summary>
internal static class Patch
{
    internal static Task<FhirAnswer> HandleAsync(FhirCall call) => call.WriteAsync(work => InAsync(call, work));

    internal static Task<FhirAnswer> ConditionalAsync(FhirCall call) => call.WriteAsync(async work =>
    {
        if (Writing.Refusal(call, Deeds.Update) is { } refused)
        {
            return refused;
        }

        var (matches, refusal) = await Conditional.FindAsync(call with { Body = default }, work, Links.Address("", call.Query));
        return refusal ?? matches switch
        {
            [] => Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Update)] },
            [var one] => await InAsync(call with { Id = one.Id }, work),
            _ => Outcome.Error(412, "multiple-matches", "More than one resource fulfils the criteria."),
        };
    });

    /// <summary>In a transaction that others commit.</summary>
    internal static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work)
    {
        if (Writing.Refusal(call, Deeds.Update) is { } refusal)
        {
            return refusal;
        }

        var rows = call.Services.GetRequiredService<ResourceRows>();
        var current = await rows.CurrentAsync(await work.ConnectionAsync(call.Cancel), work.Transaction, call.Type, call.Id, true, call.Cancel);
        if (current is null || !call.Rights.Sees(current, Deeds.Update))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Update)] };
        }

        if (current.Json is null)
        {
            return Outcome.Error(410, "deleted", "The resource was deleted.") with { Version = current.Version };
        }

        if (!Update.ExpectedVersion(call, current, out _))
        {
            return Outcome.Error(412, "conflict", "The resource is not in the version that If-Match names.") with { Version = current.Version };
        }

        var resource = FhirJson.Parse(current.Json);
        var patched = IsJsonPatch(call)
            ? JsonPatch.Apply(resource, call.Body.Span)
            : FhirJson.Read(call.Body.Span) is { Root: { TypeName: "Parameters" } parameters, Issues.Count: 0 }
                ? FhirPathPatch.Apply(resource, parameters) : null;
        if (patched is null)
        {
            return Outcome.Error(400, "invalid", "Send a JSON Patch as application/json-patch+json or a FHIRPath Patch as a Parameters resource.");
        }

        if (patched.Resource is null)
        {
            var status = patched.Outcome == PatchOutcome.Malformed ? 400 : 422;
            return patched.Issues.Count > 0 ? Outcome.Of(status, patched.Issues) : Outcome.Error(status, "processing", patched.Message ?? "The patch cannot be applied.");
        }

        if (patched.Resource.TypeName != call.Type || patched.Resource.TextAt("id") != call.Id)
        {
            return Outcome.Error(422, "business-rule", "A patch may not change the type or the id.", $"{call.Type}.id");
        }

        var write = new ResourceWrite(call.Type, call.Id, FhirJson.Write(patched.Resource), ExpectedVersion: current.Version)
        {
            Method = "PATCH",
            PatientSeesFrom = current.PatientSeesFrom,
        };
        return await Writing.AnswerAsync(call, work, call.Id, await Writing.WriteAsync(call, work, write), Deeds.Update);
    }

    private static bool IsJsonPatch(FhirCall call) =>
        call.ContentType?.StartsWith("application/json-patch+json", StringComparison.OrdinalIgnoreCase) == true
        || (call.Body.Length > 0 && Encoding.UTF8.GetString(call.Body.Span[..Math.Min(call.Body.Length, 16)]).TrimStart().StartsWith('['));
}
