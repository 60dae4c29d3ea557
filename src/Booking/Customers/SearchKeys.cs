using System.Globalization;
using System.Text;

namespace Booking.Customers;

/// <summary>What of a card is hashed for look-up: normalised addresses, and the beginnings of names.</summary>
internal static class SearchKeys
{
    private const int ShortestBeginning = 2;
    private const int LongestBeginning = 12;

    public static string Email(string address) => address.Trim().ToLowerInvariant();

    /// <summary>International form; a leading 0 stands for Finland. Null when it cannot be a phone number.</summary>
    public static string? Phone(string number)
    {
        var text = number.Trim();
        if (text.Any(c => !char.IsAsciiDigit(c) && c is not (' ' or '+' or '-' or '(' or ')')))
        {
            return null;
        }

        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        var international = text.StartsWith('+') ? digits : digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits.StartsWith('0') ? "358" + digits[1..] : digits;
        return international.Length is >= 6 and <= 15 ? "+" + international : null;
    }

    /// <summary>Every beginning of every part of a name that a search may use.</summary>
    public static IReadOnlySet<string> NameBeginnings(params IEnumerable<string> names) =>
        names.SelectMany(Words).SelectMany(w => Enumerable.Range(ShortestBeginning, Math.Max(0, Math.Min(w.Length, LongestBeginning) - ShortestBeginning + 1)).Select(n => w[..n]))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The words of a search; each must begin some part of the name. Words of one letter are dropped.</summary>
    public static IReadOnlyList<string> Wanted(string term) =>
        [.. Words(term).Where(w => w.Length >= ShortestBeginning).Select(w => w[..Math.Min(w.Length, LongestBeginning)]).Distinct()];

    /// <summary>Whether two full names are the same but for capitals, accents and spaces.</summary>
    public static bool SameName(string one, string other) => Words(one).SequenceEqual(Words(other), StringComparer.Ordinal);

    private static IEnumerable<string> Words(string name) =>
        Fold(name).Split([' ', '-', '\'', ',', '.'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(c);
            }
        }

        return folded.ToString();
    }
}
