using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>read and search of types that are computed at each request, with the same grammar, rights and log as stored ones. Their order is the view's own.</summary>
internal static class Views
{
    private const int Step = 500;
    private const int MostLooked = 10_000;

    internal static async Task<FhirAnswer> ReadAsync(FhirCall call)
    {
        var found = call.Rights.May(call.Type, Deeds.Read) && View(call) is { } view ? await InAsync(call, work => view.FindAsync(call.Id, work, call.Cancel)) : null;
        return found is not null && InReach(call, found)
            ? new FhirAnswer(200) { Body = found.Json, LastModified = found.LastUpdated, Accesses = [Entry(call, "read", [found])] }
            : Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Read)] };
    }

    internal static async Task<FhirAnswer> SearchAsync(FhirCall call)
    {
        if (!call.Rights.May(call.Type, Deeds.Search))
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to search this type.") with { Accesses = [Writing.Denied(call, Deeds.Search)] };
        }

        if (View(call) is not { } view)
        {
            return Outcome.Error(404, "not-supported", "This type is not served here.");
        }

        try
        {
            var query = SearchType.Parser(call.Services).Parse([call.Type], call.Query);
            if (call.Prefer.Strict && query.Ignored.Count > 0)
            {
                return Outcome.Error(400, "not-supported", string.Join("; ", query.Ignored));
            }

            if (query.Sort.Count > 0 || query.Inclusions.Count > 0)
            {
                throw new SearchException($"{call.Type} is computed at each request: it has an order of its own, and nothing is included.");
            }

            await using var open = await call.ConnectAsync();
            query = await call.Services.GetRequiredService<SearchCodes>().ResolveAsync(open.Connection, open.Transaction, call.Rights, query, call.Cancel);
            return await AnswerAsync(call, view, query);
        }
        catch (Exception e) when (e is SearchException or ViewException)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
    }

    private static async Task<FhirAnswer> AnswerAsync(FhirCall call, IViewedType view, SearchQuery query)
    {
        var links = new SearchLinks(call, "/" + call.Type, query);
        var after = links.AskedText();
        var question = Question(query) with { After = after };
        var counting = query.Count == 0 || query.Summary == "count";
        var (found, last, looked) = (new List<ViewedResource>(), after, 0);
        var more = true;
        var match = new RowMatch(call.Services.GetRequiredService<SearchKeys>().Current, call.BaseUrl, call.Rights.Now);
        var indexer = call.Services.GetRequiredService<ResourceIndexer>();
        while (more && looked < MostLooked && (counting || found.Count <= query.Count))
        {
            var narrowed = question with { After = last };
            var step = await InAsync(call, work => view.ListAsync(narrowed, work, call.Cancel));
            found.AddRange(step.Where(r => InReach(call, r)).Where(r => indexer.Index(FhirJson.Read(r.Json.Span).Root!) is var rows && query.Criteria.All(c => match.Holds(c, r, rows))));
            (last, more, looked) = (step.Count > 0 ? step[^1].Id : last, step.Count == Step, looked + step.Count);
        }

        if (counting && more)
        {
            throw new SearchException($"More than {MostLooked} would have to be computed; narrow the search.");
        }

        var page = counting ? [] : found.Take(query.Count).ToList();
        var whole = !more && after is null && query.Total != "none";
        var next = counting ? null : found.Count > query.Count ? page[^1].Id : more ? last : null;
        using var bundle = new BundleWriter("searchset", whole ? found.Count : null);
        bundle.Link("self", links.Address(query.Page));
        bundle.Link("first", links.Address(null));
        if (next is not null)
        {
            bundle.Link("next", links.Address(links.Seal(next)));
        }

        foreach (var resource in page)
        {
            bundle.SearchEntry($"{call.BaseUrl}/{call.Type}/{resource.Id}", Subset.Of(resource.Json.Span.ToArray(), query.Summary, query.Elements), "match");
        }

        SearchType.WriteIgnored(bundle, query);
        return new FhirAnswer(200) { Body = bundle.Finish(), Accesses = [Entry(call, "search", page)] };
    }

    /// <summary>In the Bundle's transaction, or in one of its own whose connection is given back before the access is logged.</summary>
    private static async Task<T> InAsync<T>(FhirCall call, Func<UnitOfWork, Task<T>> read)
    {
        if (call.Work is { } shared)
        {
            return await read(shared);
        }

        var work = call.Services.GetRequiredService<UnitOfWork>();
        try
        {
            return await read(work);
        }
        finally
        {
            await work.RollbackAsync();
        }
    }

    /// <summary>What narrows the view itself: ids, one reference, and a span of time that all dates agree on.</summary>
    private static ViewQuestion Question(SearchQuery query)
    {
        var question = new ViewQuestion { Limit = Step };
        foreach (var criterion in query.Criteria.Where(c => c.Modifier.Length == 0))
        {
            if (criterion.Index.Code == "_id")
            {
                question = question with { Ids = [.. criterion.Values.Select(SearchValues.Plain)] };
            }
            else if (criterion.Index.Type == "reference" && criterion.Values.All(v => ReferenceValue.Parse(SearchValues.Plain(v)).Type.Length > 0))
            {
                question = question with { References = [.. criterion.Values.Select(v => ReferenceValue.Parse(SearchValues.Plain(v))).Select(r => $"{r.Type}/{r.Target}")] };
            }
            else if (criterion is { Index.Code: "start", Values: [var value] })
            {
                var (prefix, text) = SearchValues.Prefixed(value);
                var asked = SearchValues.Date(text);
                var from = prefix is "eq" or "ge" or "gt" or "sa" ? asked.Low : (DateTimeOffset?)null;
                var until = prefix is "eq" or "le" or "lt" or "eb" ? asked.High : (DateTimeOffset?)null;
                question = question with { From = Later(question.From, from), Until = Earlier(question.Until, until) };
            }
        }

        return question;
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    private static IViewedType? View(FhirCall call) => call.Services.GetServices<IViewedType>().FirstOrDefault(v => v.Type == call.Type);

    private static bool InReach(FhirCall call, ViewedResource resource) => call.Rights.InReach(call.Type, resource.PatientId, resource.ControllerId, null);

    private static AccessEntry Entry(FhirCall call, string interaction, List<ViewedResource> shown) => new()
    {
        Interaction = interaction,
        ResourceType = call.Type,
        ResourceId = call.Id.Length > 0 ? call.Id : null,
        PatientIds = [.. shown.Select(r => r.PatientId).OfType<string>().Distinct(StringComparer.Ordinal)],
        ControllerId = shown.Select(r => r.ControllerId).Distinct().Count() == 1 ? shown[0].ControllerId : null,
        Purpose = Purposes.Of(call.Rights),
    };
}
