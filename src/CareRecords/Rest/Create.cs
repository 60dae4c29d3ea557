using CareRecords.Database;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>create (https://hl7.org/fhir/R4/http.html#create). The server gives the id; one in the body is ignored, as the clause says.</summary>
internal static class Create
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        if (Writing.Refusal(call, Deeds.Create) is { } refusal)
        {
            return refusal;
        }

        await using var work = new UnitOfWork(call.Services.GetRequiredService<Npgsql.NpgsqlDataSource>());
        var answer = await InAsync(call, work, Guid.CreateVersion7().ToString());
        if (answer.Status < 400)
        {
            await work.CommitAsync(call.Cancel);
        }

        return answer;
    }

    /// <summary>In a transaction that others commit.</summary>
    internal static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work, string id)
    {
        var result = await Writing.WriteAsync(call, work, new ResourceWrite(call.Type, id, call.Body, ExpectedVersion: 0));
        return await Writing.AnswerAsync(call, work, id, result, Deeds.Create);
    }
}
