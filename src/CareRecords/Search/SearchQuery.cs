namespace CareRecords.Search;

/// <summary>One criterion as it was asked: `code:modifier=value,value`, a chain `subject:Patient.name=…`, or `_has:Observation:patient:code=…`.</summary>
/// <param name="Index">The parameter; of a chain or _has the reference.</param>
/// <param name="Values">Alternatives.</param>
internal sealed record Criterion(SearchIndex Index, string Modifier, IReadOnlyList<string> Values)
{
    /// <summary>For a chain: the target type and what it must fulfil.</summary>
    internal IReadOnlyList<(string Type, Criterion Inner)> Chain { get; init; } = [];

    /// <summary>For _has: the reference stands in records of the index's type and points here.</summary>
    internal bool IsReverse { get; init; }
}

/// <summary>A reference to follow for _include or _revinclude.</summary>
/// <param name="Index">The reference parameter; null: all of the source type (`*`).</param>
/// <param name="TargetType">Only targets of this type; null: any.</param>
internal sealed record Inclusion(string SourceType, SearchIndex? Index, string? TargetType, bool Reverse, bool Iterate);

/// <summary>One sort key.</summary>
internal sealed record SortKey(SearchIndex Index, bool Descending);

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
