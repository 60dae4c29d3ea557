using CareRecords.Database;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>update, as create too (https://hl7.org/fhir/R4/http.html#update, #upsert); If-Match decides by version.</summary>
internal static class Update
{
    internal static Task<FhirAnswer> HandleAsync(FhirCall call) => call.WriteAsync(work => InAsync(call, work));

    /// <summary>In a transaction that others commit.</summary>
    internal static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work, string method = "PUT")
    {
        if (Writing.Refusal(call, Deeds.Update) is { } refusal)
        {
            return refusal;
        }

        var head = ResourceHead.Of(call.Body.Span);
        if (Writing.OtherType(call, head) is { } other)
        {
            return other;
        }

        // The id must be in the body and be the one in the address: http.html#update.
        if (head.Type is not null && head.Id != call.Id)
        {
            return Outcome.Error(400, "invalid", "The body's id must be the id in the address.", $"{call.Type}.id");
        }

        var store = call.Services.GetRequiredService<ResourceStore>();
        var current = await store.ReadAsync(work, call.Type, call.Id, call.Cancel);
        if (current is not null && !call.Rights.Sees(current, Deeds.Update))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Update)] };
        }

        // To a caller who sees only a part, an id of the other part must look like one that nobody has: she gives no ids.
        if (current is not { IsDeleted: false } && (!call.Rights.May(call.Type, Deeds.Create) || (current is null && call.Rights.IsBound)))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Create)] };
        }

        if (!ExpectedVersion(call, current, out var expected))
        {
            return Outcome.Error(412, "conflict", "The resource is not in the version that If-Match or If-None-Match asks for.") with { Version = current?.Version ?? 0 };
        }

        var write = new ResourceWrite(call.Type, call.Id, call.Body, ExpectedVersion: expected)
        {
            Method = current is null && method == "PUT" ? "PUT" : method,
            PatientSeesFrom = current?.PatientSeesFrom,
        };
        var result = await Writing.WriteAsync(call, work, write);
        return await Writing.AnswerAsync(call, work, call.Id, result, result.Outcome == WriteOutcome.Created ? Deeds.Create : Deeds.Update);
    }

    /// <summary>What If-Match and If-None-Match demand of a write; false when it fails already.</summary>
    internal static bool ExpectedVersion(FhirCall call, StoredResource? current, out int? expected)
    {
        expected = null;
        var exists = current is { IsDeleted: false };
        if (call.IfNoneMatch is { } none && (none.Trim() == "*" ? exists : exists && ETags.Versions(none).Contains(current!.Version)))
        {
            return false;
        }

        if (call.IfNoneMatch?.Trim() == "*" && call.Method == "PUT")
        {
            // Only where there is nothing: the store holds a racing create to it.
            expected = 0;
        }

        if (call.IfMatch is not { } header)
        {
            return true;
        }

        if (!exists || (header.Trim() != "*" && !ETags.Versions(header).Contains(current!.Version)))
        {
            return false;
        }

        expected = current!.Version;
        return true;
    }
}
