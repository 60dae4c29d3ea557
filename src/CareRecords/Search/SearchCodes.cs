using CareRecords.Rest;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Terminology;
using Npgsql;

namespace CareRecords.Search;

/// <summary>
/// Turns :in, :not-in, :above and :below of tokens into the codes that they stand for, from value sets and code systems that are stored here or come with the
/// program. What cannot be listed is refused, never answered in part.
/// </summary>
internal sealed class SearchCodes(StoredDefinitions stored)
{
    private readonly StoredDefinitions _stored = stored;

    private const int MostCodes = 5000;

    /// <exception cref="SearchException">A value set or code system is not held here, or cannot be listed.</exception>
    internal async ValueTask<SearchQuery> ResolveAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, SearchQuery query, CancellationToken cancel)
    {
        if (!query.Criteria.Any(Needs))
        {
            return query;
        }

        var look = new Look(this, connection, transaction, rights, cancel);
        var criteria = new List<Criterion>();
        foreach (var criterion in query.Criteria)
        {
            criteria.Add(await look.ResolveAsync(criterion));
        }

        return query with { Criteria = criteria };
    }

    /// <summary>Whether the criterion stands for codes that must be looked up.</summary>
    internal static bool Needs(Criterion criterion) =>
        (criterion.Index.Type == "token" && criterion.Modifier is "in" or "not-in" or "above" or "below" && criterion.Chain.Count == 0)
        || criterion.Chain.Any(c => Needs(c.Inner)) || criterion.ByType.Any(c => Needs(c.Inner));

    /// <summary>One search's look-ups.</summary>
    private sealed class Look(SearchCodes codes, NpgsqlConnection connection, NpgsqlTransaction? transaction, AccessRights rights, CancellationToken cancel)
    {
        internal async Task<Criterion> ResolveAsync(Criterion criterion)
        {
            if (!Needs(criterion))
            {
                return criterion;
            }

            if (criterion.ByType.Count > 0)
            {
                var byType = new List<(string, Criterion)>();
                foreach (var (type, inner) in criterion.ByType)
                {
                    byType.Add((type, await ResolveAsync(inner)));
                }

                return criterion with { ByType = byType };
            }

            if (criterion.Chain.Count > 0)
            {
                var chain = new List<ChainLink>();
                foreach (var link in criterion.Chain)
                {
                    chain.Add(link with { Inner = await ResolveAsync(link.Inner) });
                }

                return criterion with { Chain = chain };
            }

            var found = new List<(string? System, string Code)>();
            foreach (var value in criterion.Values)
            {
                found.AddRange(criterion.Modifier is "in" or "not-in" ? await MembersAsync(SearchValues.Plain(value)) : await RelativesAsync(value, criterion.Modifier == "below"));
            }

            return found.Count <= MostCodes ? criterion with { Codes = found } : throw new SearchException($":{criterion.Modifier} stands for more than {MostCodes} codes.");
        }

        private async Task<IEnumerable<(string?, string)>> MembersAsync(string valueSet)
        {
            var (library, url) = await codes._stored.LibraryAsync(connection, transaction, rights, "ValueSet", valueSet, cancel);
            return library.FindValueSet(url) is null ? throw new SearchException("The value set is not held here.")
                : library.Terminology.Expand(url)?.Select(c => ((string?)c.System, c.Code))
                    ?? throw new SearchException("The value set cannot be listed here: it draws on codes that are not held.");
        }

        private async Task<IEnumerable<(string?, string)>> RelativesAsync(string value, bool below)
        {
            if (SearchValues.Parts(value, '|') is not [{ Length: > 0 } system, { Length: > 0 } code])
            {
                throw new SearchException(":above and :below are written system|code.");
            }

            var (library, url) = await codes._stored.LibraryAsync(connection, transaction, rights, "CodeSystem", system, cancel);
            if (library.FindCodeSystem(url) is not { } held)
            {
                throw new SearchException("The code system is not held here, so that its hierarchy is not known.");
            }

            return held.Concepts.Select(c => c.Code).Where(c => below ? held.IsA(c, code) : held.IsA(code, c)).Append(code).Distinct().Select(c => ((string?)system, c));
        }
    }
}
