using System.Globalization;
using CareRecords.Treatments;

namespace CareRecords.Terminology;

/// <summary>
/// Reasons for care and diagnoses in the imported tables of ICPC-2 and ICD-10: found by the beginning of a code or of words, in any of the languages. Records name
/// the code systems by their FHIR URIs, tables by their OIDs.
/// </summary>
public static class ReasonCodes
{
    private static readonly (string Uri, string Oid)[] Systems =
        [("http://hl7.org/fhir/sid/icpc-2", "1.2.246.537.6.31.2007"), ("http://hl7.org/fhir/sid/icd-10", "1.2.246.537.6.1.1999")];

    private static readonly char[] Separators = [' ', ',', ';'];

    /// <summary>The OID under which the table of this code system is imported.</summary>
    public static string TableOf(string system) => Systems.FirstOrDefault(known => known.Uri == system).Oid ?? system;

    /// <summary>Whether there is a table to search in.</summary>
    public static bool AreImported(CodeSnapshot codes) => Systems.Any(system => codes.Codes(system.Oid) is not null);

    /// <summary>The code as it is valid on that day; null when no table has it.</summary>
    public static NoteCode? Find(CodeSnapshot codes, string system, string code, DateOnly on) =>
        Systems.Any(known => known.Uri == system) && codes.Find(TableOf(system), code, on) is { } row ? new NoteCode(row.Code, system, row.LongFi ?? row.Fi) : null;

    /// <returns>At most <paramref name="limit"/> codes, those whose code begins with the term first, and whether there are more.</returns>
    public static (IReadOnlyList<NoteCode> Found, bool More) Search(CodeSnapshot codes, string term, DateOnly on, int limit)
    {
        var words = term.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0)
        {
            return ([], false);
        }

        var found = Systems
            .SelectMany(system => (codes.Codes(system.Oid) ?? []).Where(row => row.IsValidOn(on)).Select(row => (system.Uri, Row: row, Rank: Rank(row, term.Trim(), words))))
            .Where(hit => hit.Rank < 2).OrderBy(hit => hit.Rank).ThenBy(hit => hit.Uri, StringComparer.Ordinal).ThenBy(hit => hit.Row.Code, StringComparer.Ordinal)
            .Take(limit + 1).Select(hit => new NoteCode(hit.Row.Code, hit.Uri, hit.Row.LongFi ?? hit.Row.Fi)).ToList();
        return ([.. found.Take(limit)], found.Count > limit);
    }

    private static int Rank(CodeRow row, string term, string[] words)
    {
        if (row.Code.StartsWith(term, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        string?[] names = [row.Fi, row.LongFi, row.Sv, row.En];
        return names.Any(name => name is not null && words.All(word => BeginsAWord(name, word))) ? 1 : 2;
    }

    // Å, ä and ö are letters of their own in Finnish, so that accents count; case does not.
    private static bool BeginsAWord(string name, string word)
    {
        var compare = CultureInfo.InvariantCulture.CompareInfo;
        for (var at = compare.IndexOf(name, word, CompareOptions.IgnoreCase); at >= 0; at = at + 1 < name.Length ? compare.IndexOf(name, word, at + 1, CompareOptions.IgnoreCase) : -1)
        {
            if (at == 0 || !char.IsLetterOrDigit(name[at - 1]))
            {
                return true;
            }
        }

        return false;
    }
}
