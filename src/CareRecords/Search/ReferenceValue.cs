using System.Text.RegularExpressions;

namespace CareRecords.Search;

/// <summary>What a reference points to: a record of this service by type and id, or anything else by its whole text (type empty).</summary>
internal sealed partial record ReferenceValue(string Target, string Type)
{
    /// <summary>The target with its version, where the reference names one: "id/_history/2", or "http://…|1.0" of a canonical.</summary>
    internal string? Versioned { get; private init; }

    /// <summary>Not of this service, or not as it names its own records.</summary>
    internal bool IsAbsolute => Type.Length == 0 && Target.Contains(':', StringComparison.Ordinal);

    /// <summary>An id without a type.</summary>
    internal bool IsId => Type.Length == 0 && Versioned is null && Bare().IsMatch(Target);

    /// <summary>A version stands apart: who asks without one means the record.</summary>
    internal static ReferenceValue Parse(string reference)
    {
        if (Local().Match(reference) is { Success: true } match)
        {
            return new ReferenceValue(match.Groups[2].Value, match.Groups[1].Value)
            {
                Versioned = match.Groups[3].Success ? $"{match.Groups[2].Value}/_history/{match.Groups[3].Value}" : null,
            };
        }

        var bar = reference.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? new ReferenceValue(reference, "") : new ReferenceValue(reference[..bar], "") { Versioned = reference };
    }

    [GeneratedRegex(@"^([A-Z][A-Za-z]{1,60})/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Local();

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bare();
}
