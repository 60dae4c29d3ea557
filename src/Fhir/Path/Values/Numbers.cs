using System.Globalization;

namespace Fhir.FhirPath.Values;

/// <summary>Decimals as FHIRPath sees them: the written digits count for equivalence and boundaries, not for equality.</summary>
internal static class Numbers
{
    /// <summary>Equal once rounded to the digits of the less precise one, trailing zeros not counted (FHIRPath N1 §6.1.2).</summary>
    internal static bool Equivalent(decimal left, decimal right)
    {
        var digits = Math.Min(SignificantScale(left), SignificantScale(right));
        return decimal.Round(left, digits, MidpointRounding.AwayFromZero) == decimal.Round(right, digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>Reads <c>(+|-)?\d+(\.\d+)?</c>; null if the text is none or does not fit.</summary>
    internal static decimal? Decimal(ReadOnlySpan<char> text)
    {
        var digits = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1])
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
    }

    /// <summary>Reads <c>(+|-)?\d+</c>; null if the text is none or does not fit.</summary>
    internal static long? Integer(ReadOnlySpan<char> text) =>
        text.Length > 0 && (text[0] is '+' or '-' || char.IsAsciiDigit(text[0]))
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static int SignificantScale(decimal value)
    {
        var scale = (int)value.Scale;
        while (scale > 0 && decimal.Round(value, scale - 1, MidpointRounding.ToZero) == value)
        {
            scale--;
        }

        return scale;
    }
}
