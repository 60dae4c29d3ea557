namespace CareRecords.Search;

/// <summary>One criterion as it was asked: `code:modifier=value,value`, a chain `subject:Patient.name=…`, or `_has:Observation:patient:code=…`.</summary>
/// <param name="Index">The parameter; of a chain or _has the reference.</param>
/// <param name="Values">Alternatives.</param>
internal sealed record Criterion(SearchIndex Index, string Modifier, IReadOnlyList<string> Values)
{
    /// <summary>The same parameter of the other types that a system search covers.</summary>
    internal IReadOnlyList<SearchIndex> Others { get; init; } = [];

    /// <summary>The parameter in every type that is searched.</summary>
    internal IEnumerable<SearchIndex> Indexes => Others.Count == 0 ? [Index] : Others.Prepend(Index);

    /// <summary>For a chain: what the target must fulfil, by its type.</summary>
    internal IReadOnlyList<ChainLink> Chain { get; init; } = [];

    /// <summary>For _has: the reference stands in records of the index's type and points here.</summary>
    internal bool IsReverse { get; init; }

    /// <summary>A criterion whose meaning differs by type, in a search over several.</summary>
    internal IReadOnlyList<(string Type, Criterion Inner)> ByType { get; init; } = [];

    /// <summary>For :in, :not-in, :above and :below of a token: the codes that the value stands for; a null system stands for any.</summary>
    internal IReadOnlyList<(string? System, string Code)>? Codes { get; init; }
}

/// <summary>One way on in a chain.</summary>
/// <param name="Url">The target's canonical address, where the reference is a canonical.</param>
internal sealed record ChainLink(string Type, Criterion Inner, SearchIndex? Url);

/// <summary>References to follow for _include or _revinclude.</summary>
/// <param name="SourceType">The type in which the references stand; null: any (`*`).</param>
/// <param name="Index">The reference parameter; null: all of the source type.</param>
/// <param name="TargetType">Only targets of this type; null: any.</param>
internal sealed record Inclusion(string? SourceType, SearchIndex? Index, string? TargetType, bool Reverse, bool Iterate);

/// <summary>One sort key, in every type that is searched.</summary>
internal sealed record SortKey(IReadOnlyList<SearchIndex> Indexes, bool Descending)
{
    internal SearchIndex Index => Indexes[0];

    /// <summary>The parameter's keys in the index tables.</summary>
    internal object Keys => Indexes.Count == 1 ? Indexes[0].Key : Indexes.Select(i => i.Key).ToArray();
}

/// <summary>A whole search, understood.</summary>
internal sealed record SearchQuery
{
    /// <summary>One type, or those of a system search.</summary>
    internal required IReadOnlyList<string> Types { get; init; }

    /// <summary>Only records in this compartment; null: anywhere.</summary>
    internal CompartmentScope? Compartment { get; init; }

    internal List<Criterion> Criteria { get; init; } = [];

    internal List<Inclusion> Inclusions { get; } = [];

    internal List<SortKey> Sort { get; } = [];

    internal int Count { get; set; }

    /// <summary>none, estimate or accurate; empty: where it costs little.</summary>
    internal string Total { get; set; } = "";

    internal string Summary { get; set; } = "";

    internal IReadOnlyList<string> Elements { get; set; } = [];

    internal string? Page { get; set; }

    /// <summary>Parameters that were not understood or are not served, each with the reason.</summary>
    internal List<string> Ignored { get; } = [];

    /// <summary>The parameters that were used, for the self link.</summary>
    internal List<KeyValuePair<string, string>> Used { get; } = [];
}

/// <summary>The query cannot be answered as it was asked (HTTP 400): wrong grammar, or what the storing form rules out.</summary>
internal sealed class SearchException(string message) : Exception(message);
