using System.Globalization;
using System.Text;

namespace CareRecords.Search;

/// <summary>Reads single values of a search: prefixes, precisions, and parts between bars.</summary>
internal static class SearchValues
{
    private static readonly string[] _prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

    /// <summary>"ge2026" is ("ge", "2026"); without a prefix eq.</summary>
    internal static (string Prefix, string Value) Prefixed(string text) =>
        text.Length > 2 && _prefixes.Contains(text[..2]) ? (text[..2], text[2..]) : ("eq", text);

    /// <summary>Splits at bars that are not escaped and takes the escapes away.</summary>
    internal static List<string> Parts(string text, char separator)
    {
        var parts = new List<string>();
        var current = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '|' or '$' or '\\')
            {
                if (separator == '$' && text[i + 1] != '$')
                {
                    current.Append('\\');
                }

                current.Append(text[++i]);
            }
            else if (text[i] == separator)
            {
                parts.Add(current.ToString());
                current.Clear();
            }
            else
            {
                current.Append(text[i]);
            }
        }

        parts.Add(current.ToString());
        return parts;
    }

    /// <summary>A number with the span that its digits stand for: 100 is 99.5 to 100.5, 1e2 is 50 to 150.</summary>
    internal static (decimal Value, decimal Low, decimal High) Number(string text)
    {
        if (text.Length > 40 || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            || Math.Abs(value) >= IndexValues.Endless)
        {
            throw new SearchException("A number is written like 100, 5.40 or 1e2.");
        }

        var exponentAt = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = exponent - (point < 0 ? 0 : mantissa.Length - point - 1);
        if (digits is < -26 or > 26)
        {
            throw new SearchException("A number has 26 digits at most.");
        }

        var half = 0.5m;
        for (var i = 0; i < Math.Abs(digits); i++)
        {
            half = digits > 0 ? half * 10 : half / 10;
        }

        return (value, value - half, value + half);
    }

    internal static Period Date(string text) =>
        Period.Parse(text) ?? throw new SearchException("A date is written like 2026, 2026-11, 2026-11-23, 2026-11-23T08:30 or with seconds and zone.");

    /// <summary>For `like`, with its own signs escaped.</summary>
    internal static string Pattern(string folded) => folded.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
