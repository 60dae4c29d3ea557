using CareRecords.Access;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CareRecords.Rest;

/// <summary>search by GET and POST on a type or the system (https://hl7.org/fhir/R4/http.html#search).</summary>
internal static class SearchType
{
    internal static Task<FhirAnswer> HandleAsync(FhirCall call) => call.Services.GetRequiredService<ServedTypes>().Find(call.Type) switch
    {
        { Name: "AuditEvent", Owner: Owner.View } => AuditEventView.SearchAsync(call),
        { Owner: Owner.View, IsDefinition: true } => DefinitionRead.SearchAsync(call),
        { Owner: Owner.View } => Views.SearchAsync(call),
        _ => HandleAsync(call, null),
    };

    /// <param name="compartment">Only records in this compartment.</param>
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call, CompartmentScope? compartment)
    {
        var searched = call.Type.Length > 0 ? call.Rights.May(call.Type, Deeds.Search) ? [call.Type] : [] : StoredTypes(call);
        if (searched.Length == 0)
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to search this type.") with { Accesses = [Writing.Denied(call, Deeds.Search)] };
        }

        try
        {
            var query = Parser(call.Services).Parse(searched, call.Query, several: call.Type.Length == 0) with { Compartment = compartment };
            if (call.Prefer.Strict && query.Ignored.Count > 0)
            {
                return Outcome.Error(400, "not-supported", string.Join("; ", query.Ignored));
            }

            var path = compartment is null ? call.Type.Length > 0 ? $"/{call.Type}" : "" : $"/{compartment.Type}/{compartment.Id}/{(call.Type.Length > 0 ? call.Type : "*")}";
            var pages = new SearchLinks(call, path, query);
            var result = await RunAsync(call, query, pages.Asked());
            // A conformance run stores definitions; what it does not hold is found among those that come with the program.
            if ((result.Total ?? result.Matches.Count) == 0 && query.Page is null && Definitions.Serves(call.Type) && query.Criteria.Any(c => c.Index.Code is "url" or "_id"))
            {
                return await DefinitionRead.SearchAsync(call);
            }

            return new FhirAnswer(200) { Body = Write(call, pages, query, result), Accesses = [Entry(call, [.. result.Matches, .. result.Included])] };
        }
        catch (SearchException e)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
    }

    private static async Task<SearchResult> RunAsync(FhirCall call, SearchQuery query, SearchCursor? from)
    {
        var runner = call.Services.GetRequiredService<SearchRunner>();
        var found = call.Work is null && from is null ? await runner.ShortAsync(call.Rights, call.BaseUrl, query, call.Cancel) : null;
        if (found is not null && SearchRunner.Whole(query, found) is { } whole)
        {
            return whole;
        }

        await using var open = await call.ConnectAsync();
        return await runner.RunAsync(open.Connection, open.Transaction, call.Rights, call.BaseUrl, query, call.Cancel, from, found);
    }

    private static string[] StoredTypes(FhirCall call)
    {
        var types = call.Services.GetRequiredService<ServedTypes>();
        return [.. call.Rights.Types(Deeds.Search).Where(t => types.Find(t) is { Owner: not Owner.View })];
    }

    internal static SearchParser Parser(IServiceProvider services) => new(
        services.GetRequiredService<SearchTable>(), services.GetRequiredService<ServedTypes>(), services.GetRequiredService<IOptions<FhirOptions>>().Value);

    private static ReadOnlyMemory<byte> Write(FhirCall call, SearchLinks pages, SearchQuery query, SearchResult result)
    {
        using var bundle = new BundleWriter("searchset", result.Total);
        bundle.Link("self", pages.Address(query.Page));
        bundle.Link("first", pages.Address(null));
        if (result.Previous is { } previous)
        {
            bundle.Link("previous", pages.Address(pages.Seal(previous)));
        }

        if (result.Next is { } next)
        {
            bundle.Link("next", pages.Address(pages.Seal(next)));
        }

        foreach (var (found, mode) in result.Matches.Select(m => (m, "match")).Concat(result.Included.Select(i => (i, "include"))))
        {
            if (found.Json is { } json)
            {
                bundle.SearchEntry($"{call.BaseUrl}/{found.Type}/{found.Id}", Subset.Of(json, query.Summary, query.Elements), mode);
            }
        }

        WriteIgnored(bundle, query);
        return bundle.Finish();
    }

    /// <summary>Names what was left out.</summary>
    internal static void WriteIgnored(BundleWriter bundle, SearchQuery query)
    {
        if (query.Ignored.Count > 0)
        {
            bundle.SearchEntry(null, Outcome.Write([.. query.Ignored.Select(i => ("warning", "not-supported", "Ignored: " + i, (string?)null))]), "outcome");
        }
    }

    private static AccessEntry Entry(FhirCall call, IReadOnlyList<StoredResource> shown) => new()
    {
        Interaction = "search",
        ResourceType = call.Type.Length > 0 ? call.Type : "Resource",
        PatientIds = [.. shown.Select(r => r.PatientId).OfType<string>().Distinct(StringComparer.Ordinal)],
        ControllerId = shown.Select(r => r.ControllerId).Distinct().Count() == 1 ? shown[0].ControllerId : null,
        Purpose = Purposes.Of(call.Rights),
    };
}
