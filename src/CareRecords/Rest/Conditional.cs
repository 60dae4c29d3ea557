using CareRecords.Database;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// Conditional create, update and delete (https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1). The search runs under locks on the
/// identities in criteria and body, in the transaction that writes: of many who ask for the same, exactly one creates.
/// </summary>
internal static class Conditional
{
    /// <summary>What a conditional create answers without creating: the one match (200), or 412 for several. Null: there is none, go on.</summary>
    internal static async Task<FhirAnswer?> ExistingAsync(FhirCall call, UnitOfWork work, string criteria)
    {
        var (matches, refusal) = await FindAsync(call, work, criteria);
        return refusal ?? matches switch
        {
            [] => null,
            [var one] => new FhirAnswer(200)
            {
                Version = one.Version,
                LastModified = one.LastUpdated,
                Body = call.Prefer.Return == "minimal" ? default(ReadOnlyMemory<byte>) : one.Json,
                Location = $"{call.BaseUrl}/{one.Type}/{one.Id}/_history/{one.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
                Accesses = [ReadEntry(call, one)],
            },
            _ => Several(),
        };
    }

    internal static Task<FhirAnswer> UpdateAsync(FhirCall call) => call.WriteAsync(async work =>
    {
        if (Writing.Refusal(call, Deeds.Update) is { } refused)
        {
            return refused;
        }

        var (matches, refusal) = await FindAsync(call, work, null);
        var bodyId = ResourceHead.Of(call.Body.Span).Id;
        return refusal ?? matches switch
        {
            [] when bodyId is null => call.Rights.May(call.Type, Deeds.Create)
                ? await Create.InAsync(call, work, Guid.CreateVersion7().ToString())
                : Outcome.Error(403, "forbidden", "The token gives no right to create this type."),
            [] => await Update.InAsync(call with { Id = bodyId }, work),
            [var one] when bodyId is not null && bodyId != one.Id =>
                Outcome.Error(400, "invalid", "The one match has another id than the body.", $"{call.Type}.id"),
            [var one] => await Update.InAsync(call with { Id = one.Id, Body = WithId(call, one.Id) }, work),
            _ => Several(),
        };
    });

    internal static Task<FhirAnswer> DeleteAsync(FhirCall call) => call.WriteAsync(async work =>
    {
        if (Writing.Refusal(call, Deeds.Delete) is { } refused)
        {
            return refused;
        }

        var (matches, refusal) = await FindAsync(call, work, null);
        return refusal ?? matches switch
        {
            [] => new FhirAnswer(204),
            [var one] => await Delete.InAsync(call with { Id = one.Id }, work),
            _ => Several(),
        };
    });

    /// <summary>At most two matches of the criteria, under locks that hold until the transaction ends.</summary>
    /// <param name="criteria">As in If-None-Exist; null: those of the address.</param>
    internal static async Task<(IReadOnlyList<StoredResource> Matches, FhirAnswer? Refusal)> FindAsync(
        FhirCall call, UnitOfWork work, string? criteria, bool locked = false)
    {
        try
        {
            var query = Parse(call, criteria);
            if (!locked)
            {
                var (whole, identities) = Locks(query);
                var body = call.Body.IsEmpty ? null : FhirJson.Read(call.Body.Span).Root;
                await IdentityLocks.TakeAsync(
                    await work.ConnectionAsync(call.Cancel), work.Transaction, whole ? [call.Type] : [], [call.Type],
                    body is null ? identities : identities.Concat(IdentityLocks.Of(body)), call.Cancel);
            }

            var found = await call.Services.GetRequiredService<SearchRunner>().RunAsync(
                await work.ConnectionAsync(call.Cancel), work.Transaction, call.Rights, call.BaseUrl, query, call.Cancel);
            return (found.Matches, null);
        }
        catch (SearchException e)
        {
            return ([], Outcome.Error(400, "invalid", e.Message));
        }
    }

    /// <exception cref="SearchException">There are no criteria, or some that are not served: a conditional write never ignores one.</exception>
    internal static SearchQuery Parse(FhirCall call, string? criteria)
    {
        var query = SearchType.Parser(call.Services).Parse([call.Type], criteria is null ? call.Query : FhirRequestReader.Parameters(criteria.TrimStart('?')));
        if (query.Ignored.Count > 0 || query.Criteria.Count == 0)
        {
            throw new SearchException(query.Ignored.Count > 0 ? string.Join("; ", query.Ignored) : "A conditional write needs criteria.");
        }

        query.Count = 2;
        query.Total = "none";
        query.Page = null;
        query.Inclusions.Clear();
        return query;
    }

    /// <summary>What must be locked for the criteria: the identifiers, or, where there are others, the whole type.</summary>
    internal static (bool Whole, IReadOnlyList<long> Identities) Locks(SearchQuery query)
    {
        var identities = new List<long>();
        foreach (var criterion in query.Criteria)
        {
            if (criterion is { Index.Code: "identifier", Modifier: "", Chain.Count: 0, Values: [var value] } && SearchValues.Parts(value, '|') is [var system, var number])
            {
                identities.Add(IdentityLocks.Identifier(query.Types[0], system, number));
            }
        }

        return (identities.Count == 0, identities);
    }

    private static byte[] WithId(FhirCall call, string id)
    {
        // The store stamps id and meta anew; here the id only has to be there.
        return ResourceBytes.Stamp(call.Body.Span, call.Type, id, 1, DateTimeOffset.UnixEpoch);
    }

    private static FhirAnswer Several() => Outcome.Error(412, "multiple-matches", "More than one resource fulfils the criteria.");

    private static Access.AccessEntry ReadEntry(FhirCall call, StoredResource one) => new()
    {
        Interaction = "read",
        ResourceType = one.Type,
        ResourceId = one.Id,
        ResourceVersion = one.Version,
        PatientIds = one.PatientId is { } patient ? [patient] : [],
        ControllerId = one.ControllerId,
        Purpose = Purposes.Of(call.Rights),
    };
}
