using CareRecords.Rest;

namespace CareRecords.Search;

/// <summary>
/// Searches whose plan is known beforehand: one criterion leads to few records, or in the order of the answer, and each of these is checked for the rest.
/// PostgreSQL keeps one plan for them, made without looking at the values. All other searches are planned for their values, each time.
/// </summary>
internal sealed partial class SearchSql
{
    /// <summary>The records from which the search begins, as `from` with row <paramref name="row"/>, and the criterion that this fulfils; null: let PostgreSQL choose.</summary>
    internal (string From, Criterion Fulfilled)? Driver(SearchQuery query, string row)
    {
        if (First(query) is not { } first)
        {
            return null;
        }

        var condition = UnderEachKey(() =>
            [first.Index.Type == "token" ? TokenValue(first.Index.Key, first.Values[0]) : ReferenceValue(first.Index, first.Index.Key, "", first.Values[0])]);
        _driven = row;
        return ($"(select distinct x.rid from care.{TableOf(first.Index)} x where {condition}) f join care.resource {row} on {row}.rid = f.rid", first);
    }

    /// <summary>Whether the search begins from few records, or needs no more of many than a page.</summary>
    internal bool IsDriven(SearchQuery query) => First(query) is not null;

    private Criterion? First(SearchQuery query) =>
        query.Types.Count == 1 && query.Criteria.Where(IsPlain).MinBy(c => Worth(c, query)) is { } first && Worth(first, query) != Worthless ? first : null;

    private const int Worthless = 9;

    private static bool IsPlain(Criterion criterion) => criterion is
    {
        Modifier: "", Chain.Count: 0, ByType.Count: 0, Others.Count: 0, Values.Count: 1, Index.Type: "token" or "reference", Index.Code: not ("_id" or "_lastUpdated")
    };

    private int Worth(Criterion criterion, SearchQuery query)
    {
        if (criterion.Index.Type == "reference")
        {
            // What one person, visit or series has is never much; what a practitioner or a unit has may be everything.
            return SearchValues.Reference(criterion.Index, "", criterion.Values[0], baseUrl).Type is "Patient" or "Encounter" or "EpisodeOfCare"
                || criterion.Index.Code is "patient" or "subject" or "encounter" ? 1 : Worthless;
        }

        if (SearchValues.Token(criterion.Values[0]).Code is null)
        {
            return Worthless;
        }

        // A code may be every record's: its index gives them in the order of the answer, which needs no more of them than a page.
        return criterion.Index.Code == "identifier" ? 0
            : query is { Criteria.Count: 1, Sort.Count: 0, Compartment: null } && rights is { PatientId: null, ControllerId: null } ? 2 : Worthless;
    }
}
