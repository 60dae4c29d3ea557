using System.Text.RegularExpressions;

namespace CareRecords.Search;

/// <summary>What a reference points to: a record of this service by type and id, or anything else by its whole text (type empty).</summary>
internal sealed partial record ReferenceValue(string Target, string Type)
{
    /// <summary>A version in the reference is left out: searches ask for the record.</summary>
    internal static ReferenceValue Parse(string reference) => Local().Match(reference) is { Success: true } match
        ? new ReferenceValue(match.Groups[2].Value, match.Groups[1].Value)
        : new ReferenceValue(reference.Split('|')[0], "");

    [GeneratedRegex(@"^([A-Z][A-Za-z]{1,60})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Local();
}
