using CareRecords.Database;
using CareRecords.Store;

namespace CareRecords.Rest;

/// <summary>create and conditional create (https://hl7.org/fhir/R4/http.html#create, #ccreate). The server gives the id; one in the body is ignored, as the clause says.</summary>
internal static class Create
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        if (Writing.Refusal(call, Deeds.Create) is { } refusal)
        {
            return refusal;
        }

        return await call.WriteAsync(async work =>
            call.IfNoneExist is { } criteria && await Conditional.ExistingAsync(call, work, criteria) is { } existing
                ? existing
                : await InAsync(call, work, Guid.CreateVersion7().ToString()));
    }

    /// <summary>In a transaction that others commit.</summary>
    /// <param name="id">A new one.</param>
    internal static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work, string id)
    {
        if (Writing.OtherType(call, ResourceHead.Of(call.Body.Span)) is { } refusal)
        {
            return refusal;
        }

        var result = await Writing.WriteAsync(call, work, new ResourceWrite(call.Type, id, call.Body, ExpectedVersion: 0) { IsFreshId = true });
        return await Writing.AnswerAsync(call, work, id, result, Deeds.Create);
    }
}
