using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>delete (https://hl7.org/fhir/R4/http.html#delete): former versions stay in the history.</summary>
internal static class Delete
{
    internal static Task<FhirAnswer> HandleAsync(FhirCall call) => call.WriteAsync(work => InAsync(call, work));

    /// <summary>In a transaction that others commit.</summary>
    internal static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work)
    {
        if (Writing.Refusal(call, Deeds.Delete) is { } refusal)
        {
            return refusal;
        }

        var current = await call.Services.GetRequiredService<ResourceStore>().ReadAsync(work, call.Type, call.Id, call.Cancel);
        if (current is null || !call.Rights.Sees(current, Deeds.Delete))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Delete)] };
        }

        if (current.IsDeleted)
        {
            return new FhirAnswer(204) { Version = current.Version };
        }

        if (!Update.ExpectedVersion(call, current, out var expected))
        {
            return Outcome.Error(412, "conflict", "The resource is not in the version that If-Match names.") with { Version = current.Version };
        }

        var result = await Writing.DeleteAsync(call, work, call.Id, expected);
        if (!result.Succeeded)
        {
            return Writing.Failed(result);
        }

        if (!result.IsLogged)
        {
            await call.Services.GetRequiredService<AccessLog>().RecordAsync(work, Writing.Entry(call, call.Id, result, Deeds.Delete), call.Cancel);
        }

        return new FhirAnswer(204) { Version = result.Version };
    }
}
