using System.Globalization;
using System.Numerics;

namespace Fhir.Ucum;

/// <summary>An exact fraction: unit factors must not lose a digit, or 4.0 g would differ from 4000 mg.</summary>
internal readonly struct Rational
{
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    internal Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign < 0)
        {
            numerator = -numerator;
            denominator = -denominator;
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        _numerator = divisor.IsOne ? numerator : numerator / divisor;
        _denominator = divisor.IsOne ? denominator : denominator / divisor;
    }

    internal static Rational One { get; } = new(1, 1);

    internal static Rational From(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = new BigInteger(((ulong)(uint)bits[1] << 32) | (uint)bits[0]) + (new BigInteger((uint)bits[2]) << 64);
        return new Rational(value < 0 ? -magnitude : magnitude, BigInteger.Pow(10, value.Scale));
    }

    /// <summary>Reads digits with an optional point and exponent, as the UCUM table writes them.</summary>
    internal static Rational Parse(string text)
    {
        var exponentAt = text.IndexOf('e', StringComparison.Ordinal);
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = exponentAt < 0 ? text : text[..exponentAt];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        var number = new Rational(BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), 1);
        return number * new Rational(10, 1).Power(exponent);
    }

    public static Rational operator *(Rational left, Rational right) =>
        new(left._numerator * right._numerator, left._denominator * right._denominator);

    public static Rational operator /(Rational left, Rational right) =>
        new(left._numerator * right._denominator, left._denominator * right._numerator);

    internal Rational Power(int exponent) => exponent >= 0
        ? new Rational(BigInteger.Pow(_numerator, exponent), BigInteger.Pow(_denominator, exponent))
        : new Rational(BigInteger.Pow(_denominator, -exponent), BigInteger.Pow(_numerator, -exponent));

    /// <summary>The nearest decimal, without trailing zeros; false when it lies outside the range of decimal.</summary>
    internal bool TryToDecimal(out decimal value)
    {
        var whole = BigInteger.Abs(_numerator) / _denominator;
        var wholeDigits = whole.IsZero ? 0 : (int)Math.Floor(BigInteger.Log10(whole)) + 1;
        var scale = 28 - wholeDigits;
        value = 0;
        if (scale < 0)
        {
            return false;
        }

        var scaled = RoundedQuotient(BigInteger.Abs(_numerator) * BigInteger.Pow(10, scale), _denominator);
        while (scale > 0 && (scaled % 10).IsZero)
        {
            scaled /= 10;
            scale--;
        }

        if (scaled.GetBitLength() > 96)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[12];
        bytes.Clear();
        scaled.TryWriteBytes(bytes, out _, isUnsigned: true);
        value = new decimal(BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes[4..]), BitConverter.ToInt32(bytes[8..]), _numerator.Sign < 0, (byte)scale);
        return true;
    }

    private static BigInteger RoundedQuotient(BigInteger dividend, BigInteger divisor) => ((dividend * 2) + divisor) / (divisor * 2);
}
