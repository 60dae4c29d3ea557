using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>read, vread, history and search of the definitions that come with the program: each has the one version that this program brings.</summary>
internal static class DefinitionRead
{
    internal static StoredResource? Find(FhirCall call) => call.Rights.May(call.Type, Deeds.Read) && Definitions.Serves(call.Type)
        ? Definitions.Find(call.Services, call.Type, call.Id) : null;

    internal static FhirAnswer History(FhirCall call)
    {
        if (call.Id.Length == 0)
        {
            return Outcome.Error(404, "not-supported", "Definitions that come with the program have a history each, and none as a type.");
        }

        if (Find(call) is not { } found)
        {
            return Outcome.NotFound();
        }

        using var bundle = new BundleWriter("history", 1);
        bundle.Link("self", $"{call.BaseUrl}/{call.Type}/{call.Id}/_history");
        bundle.HistoryEntry(call.BaseUrl, found);
        return new FhirAnswer(200) { Body = bundle.Finish() };
    }

    internal static async Task<FhirAnswer> SearchAsync(FhirCall call)
    {
        if (!call.Rights.May(call.Type, Deeds.Search))
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to search this type.") with { Accesses = [Writing.Denied(call, Deeds.Search)] };
        }

        try
        {
            var query = SearchType.Parser(call.Services).Parse([call.Type], call.Query);
            if (call.Prefer.Strict && query.Ignored.Count > 0)
            {
                return Outcome.Error(400, "not-supported", string.Join("; ", query.Ignored));
            }

            if (query.Inclusions.Count > 0)
            {
                throw new SearchException("Nothing is included with definitions that come with the program.");
            }

            if (query.Criteria.Any(SearchCodes.Needs))
            {
                await using var open = await call.ConnectAsync();
                query = await call.Services.GetRequiredService<SearchCodes>().ResolveAsync(open.Connection, open.Transaction, call.Rights, query, call.Cancel);
            }

            return Answer(call, query);
        }
        catch (SearchException e)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
    }

    private static FhirAnswer Answer(FhirCall call, SearchQuery query)
    {
        var definitions = call.Services.GetRequiredService<Definitions>();
        var match = new RowMatch(call.Services.GetRequiredService<SearchKeys>().Current, call.BaseUrl, call.Rights.Now);
        var found = definitions.Of(call.Services, call.Type).Where(d => query.Criteria.All(c => match.Holds(c, d.Resource, d.Rows))).Order(new RowOrder(query.Sort)).Select(d => d.Resource.Id).ToList();
        var links = new SearchLinks(call, "/" + call.Type, query);
        // A page begins after an id, wherever that stands now.
        var start = links.AskedText() is { } after ? found.IndexOf(after) + 1 : 0;
        var count = query.Summary == "count" ? 0 : query.Count;
        var page = found.Skip(start).Take(count).ToList();
        using var bundle = new BundleWriter("searchset", query.Total == "none" && count > 0 ? null : found.Count);
        bundle.Link("self", links.Address(query.Page));
        bundle.Link("first", links.Address(null));
        if (start > 0 && count > 0)
        {
            bundle.Link("previous", links.Address(start <= count ? null : links.Seal(found[start - count - 1])));
        }

        if (page.Count > 0 && start + count < found.Count)
        {
            bundle.Link("next", links.Address(links.Seal(page[^1])));
        }

        foreach (var id in page)
        {
            bundle.SearchEntry($"{call.BaseUrl}/{call.Type}/{id}", Subset.Of(Definitions.Find(call.Services, call.Type, id)!.Json!, query.Summary, query.Elements), "match");
        }

        SearchType.WriteIgnored(bundle, query);
        return new FhirAnswer(200) { Body = bundle.Finish() };
    }
}
