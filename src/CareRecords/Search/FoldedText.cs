using System.Globalization;
using System.Text;

namespace CareRecords.Search;

/// <summary>Text as it is compared: without diacritics, case, punctuation and runs of white space (https://hl7.org/fhir/R4/search.html#string).</summary>
internal static class FoldedText
{
    private const int Longest = 512;

    /// <summary>At most 512 characters; what follows is not searched.</summary>
    internal static string Of(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.IsNormalized(NormalizationForm.FormD) ? text : text.Normalize(NormalizationForm.FormD))
        {
            if (char.IsPunctuation(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (folded.Length > 0 && folded[^1] != ' ')
                {
                    folded.Append(' ');
                }
            }
            else
            {
                folded.Append(char.ToLowerInvariant(c));
            }

            if (folded.Length >= Longest)
            {
                break;
            }
        }

        // A pair of surrogates is not cut in two.
        return (char.IsHighSurrogate(folded.Length == 0 ? ' ' : folded[^1]) ? folded.Remove(folded.Length - 1, 1) : folded).ToString().TrimEnd();
    }
}
