namespace KantaSimulator.Rules;

// Queries and invalidation (this simulator's own interactions).
internal static partial class Rulebook
{
    public static readonly Rule QueryParameters = Error("SIM-Q01", Layer.Content,
        "Query has no usable parameter", "Haulla ei ole ehtoja");
    public static readonly Rule QueryParameterMalformed = Error("SIM-Q02", Layer.Content,
        "Query parameter malformed or repeated", "Hakuehto on virheellinen");
    public static readonly Rule FetchNotFound = Error("SIM-Q03", Layer.Content,
        "No such document", "Asiakirjaa ei löydy");
    public static readonly Rule InvalidationReason = Error("SIM-Q04", Layer.Content,
        "Reason of invalidation missing", "Mitätöinnin syy puuttuu");
}
