using System.Globalization;

namespace Fhir.Ucum;

/// <summary>Reads the UCUM grammar for case-sensitive unit terms (https://ucum.org/ucum#section-Grammar-of-Units-and-Unit-Terms).</summary>
internal sealed class UnitParser(string code)
{
    // Real units stay far below these; beyond them the exact factors would grow to thousands of digits.
    private const int MaxNesting = 16;
    private const int MaxExponent = 32;
    private const int MaxTerms = 24;

    private readonly SortedDictionary<string, int> _dimensions = new(StringComparer.Ordinal);
    private readonly List<UnitFactor> _factors = [];
    private Rational _factor = Rational.One;
    private string? _function;
    private int _at;
    private int _terms;

    /// <summary>The unit, or null if the code is not UCUM.</summary>
    internal UcumUnit? Read()
    {
        if (code.Length == 0 || !Term(1, 0) || _at != code.Length)
        {
            return null;
        }

        // A special unit stands alone: it may carry a prefix, but no product, quotient or power is defined for it (UCUM §21, §22).
        if (_function is not null && (_terms != 1 || _factors is not [{ Exponent: 1 }]))
        {
            return null;
        }

        foreach (var empty in _dimensions.Where(d => d.Value == 0).Select(d => d.Key).ToList())
        {
            _dimensions.Remove(empty);
        }

        return new UcumUnit(code, _factor, _dimensions, _factors, _function);
    }

    private bool Term(int sign, int nesting)
    {
        if (nesting > MaxNesting)
        {
            return false;
        }

        var exponentSign = sign;
        if (_at < code.Length && code[_at] == '/')
        {
            _at++;
            exponentSign = -sign;
        }

        while (Component(exponentSign, nesting))
        {
            if (_at == code.Length || code[_at] == ')')
            {
                return true;
            }

            if (code[_at] is not ('.' or '/'))
            {
                return false;
            }

            exponentSign = code[_at] == '/' ? -sign : sign;
            _at++;
        }

        return false;
    }

    private bool Component(int sign, int nesting)
    {
        if (++_terms > MaxTerms || _at >= code.Length)
        {
            return false;
        }

        if (code[_at] == '{')
        {
            return Annotation();
        }

        if (code[_at] == '(')
        {
            _at++;
            if (!Term(sign, nesting + 1) || _at >= code.Length)
            {
                return false;
            }

            _at++;
            return true;
        }

        var symbol = Symbol();
        return symbol.Length > 0 && Apply(symbol, sign) && (_at >= code.Length || code[_at] != '{' || Annotation());
    }

    private bool Annotation()
    {
        var end = code.IndexOf('}', _at);
        if (end < 0 || code.AsSpan(_at + 1, end - _at - 1).ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        _at = end + 1;
        return true;
    }

    private string Symbol()
    {
        var start = _at;
        while (_at < code.Length && code[_at] is not ('.' or '/' or '(' or ')' or '{' or '}'))
        {
            if (code[_at] == '[')
            {
                var close = code.IndexOf(']', _at);
                if (close < 0)
                {
                    return "";
                }

                _at = close;
            }

            _at++;
        }

        return code[start.._at];
    }

    private bool Apply(string symbol, int sign)
    {
        if (symbol.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return ApplyNumber(symbol, sign);
        }

        var name = symbol;
        var exponent = 1;
        var digitsFrom = symbol.Length;
        var minimum = symbol.StartsWith("10*", StringComparison.Ordinal) || symbol.StartsWith("10^", StringComparison.Ordinal) ? 3 : 1;
        while (digitsFrom > minimum && char.IsAsciiDigit(symbol[digitsFrom - 1]))
        {
            digitsFrom--;
        }

        if (digitsFrom < symbol.Length)
        {
            if (digitsFrom > minimum && symbol[digitsFrom - 1] is '+' or '-')
            {
                digitsFrom--;
            }

            if (!int.TryParse(symbol.AsSpan(digitsFrom), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent)
            {
                return false;
            }

            name = symbol[..digitsFrom];
        }

        return UnitTable.Find(name) is { } atom && ApplyAtom(atom, name, exponent * sign);
    }

    private bool ApplyNumber(string digits, int sign)
    {
        if (digits.Length > 18)
        {
            return false;
        }

        var number = Rational.Parse(digits);
        if (digits.AsSpan().IndexOfAnyExcept('0') < 0)
        {
            return false;
        }

        _factor = sign > 0 ? _factor * number : _factor / number;
        _factors.Add(new UnitFactor(digits, sign));
        return true;
    }

    private bool ApplyAtom(UcumUnit atom, string symbol, int exponent)
    {
        _function = atom.Function ?? _function;
        _factor *= atom.Factor.Power(exponent);
        _factors.Add(new UnitFactor(symbol, exponent));
        foreach (var (dimension, power) in atom.Dimensions)
        {
            var sum = _dimensions.GetValueOrDefault(dimension) + (power * exponent);
            if (Math.Abs(sum) > MaxExponent * MaxTerms)
            {
                return false;
            }

            _dimensions[dimension] = sum;
        }

        return true;
    }
}
