using System.Globalization;
using System.Text;

namespace Fhir.FhirPath.Syntax;

/// <summary>Splits an expression into tokens (FHIRPath N1 §7 and the formal grammar).</summary>
internal sealed class Lexer(string text)
{
    private static readonly string[] Symbols = ["<=", ">=", "!=", "!~", ".", "[", "]", "(", ")", "{", "}", ",", "+", "-", "*", "/", "&", "|", "<", ">", "=", "~", "%"];

    private int _at;

    internal static List<Token> Read(string text)
    {
        var lexer = new Lexer(text);
        var tokens = new List<Token>();
        Token token;
        do
        {
            token = lexer.Next();
            tokens.Add(token);
        }
        while (token.Kind != TokenKind.End);
        return tokens;
    }

    private Token Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, "", start);
        }

        var c = text[_at];
        return c switch
        {
            '\'' => new Token(TokenKind.String, Quoted('\''), start),
            '`' => new Token(TokenKind.DelimitedIdentifier, Quoted('`'), start),
            '@' => Temporal(start),
            '$' => new Token(TokenKind.Dollar, Word(++_at), start),
            '%' when _at + 1 < text.Length => External(start),
            _ when char.IsAsciiDigit(c) => Number(start),
            _ when char.IsAsciiLetter(c) || c == '_' => new Token(TokenKind.Identifier, Word(start), start),
            _ => Symbol(start),
        };
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (Ahead("//"))
            {
                var end = text.AsSpan(_at).IndexOfAny('\r', '\n');
                _at = end < 0 ? text.Length : _at + end;
            }
            else if (Ahead("/*"))
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw FhirPathException.Syntax("the comment is not closed", _at) : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private bool Ahead(string expected) => string.CompareOrdinal(text, _at, expected, 0, expected.Length) == 0;

    private string Word(int start)
    {
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        return text[start.._at];
    }

    private Token Symbol(int start)
    {
        foreach (var symbol in Symbols)
        {
            if (Ahead(symbol))
            {
                _at += symbol.Length;
                return new Token(TokenKind.Symbol, symbol, start);
            }
        }

        throw FhirPathException.Syntax($"unexpected character '{text[start]}'", start);
    }

    private Token External(int start)
    {
        var next = text[++_at];
        var name = next is '\'' or '`' or '"' ? Quoted(next) : ExternalWord(start);
        return new Token(TokenKind.External, name, start);
    }

    private string ExternalWord(int start)
    {
        var name = Word(_at);

        // FHIR writes %vs-… and %ext-… without delimiters in places.
        if (name is "vs" or "ext" && _at < text.Length && text[_at] == '-')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_'))
            {
                _at++;
            }

            return text[(start + 1).._at];
        }

        return name.Length > 0 ? name : throw FhirPathException.Syntax("a name is expected after %", start);
    }

    private Token Number(int start)
    {
        SkipDigits();
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            _at++;
            SkipDigits();
        }
        else if (_at < text.Length && text[_at] == 'L' && (_at + 1 == text.Length || !char.IsAsciiLetterOrDigit(text[_at + 1])))
        {
            return new Token(TokenKind.LongNumber, text[start.._at++], start);
        }

        return new Token(TokenKind.Number, text[start.._at], start);
    }

    private int SkipDigits()
    {
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }

        return _at - start;
    }

    private Token Temporal(int start)
    {
        _at++;
        if (_at < text.Length && text[_at] == 'T')
        {
            _at++;
            TimeOfDay(start);
            var time = text[(start + 2).._at];
            return Offset() ? new Token(TokenKind.TimeWithOffset, text[start.._at], start) : new Token(TokenKind.Time, time, start);
        }

        Expect(4, start);
        for (var part = 0; part < 2 && _at + 1 < text.Length && text[_at] == '-' && char.IsAsciiDigit(text[_at + 1]); part++)
        {
            _at++;
            Expect(2, start);
        }

        if (_at >= text.Length || text[_at] != 'T')
        {
            return new Token(TokenKind.Date, text[(start + 1).._at], start);
        }

        _at++;
        if (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            TimeOfDay(start);
            Offset();
        }

        return new Token(TokenKind.DateTime, text[(start + 1).._at], start);
    }

    private void TimeOfDay(int start)
    {
        Expect(2, start);
        for (var part = 0; part < 2 && _at + 1 < text.Length && text[_at] == ':' && char.IsAsciiDigit(text[_at + 1]); part++)
        {
            _at++;
            Expect(2, start);
            if (part == 1 && _at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
            {
                _at++;
                SkipDigits();
            }
        }
    }

    private bool Offset()
    {
        if (_at < text.Length && text[_at] == 'Z')
        {
            _at++;
            return true;
        }

        var signed = _at + 5 < text.Length && text[_at] is '+' or '-' && text[_at + 3] == ':'
            && char.IsAsciiDigit(text[_at + 1]) && char.IsAsciiDigit(text[_at + 2]) && char.IsAsciiDigit(text[_at + 4]) && char.IsAsciiDigit(text[_at + 5]);
        _at += signed ? 6 : 0;
        return signed;
    }

    private void Expect(int digits, int start)
    {
        if (SkipDigits() != digits)
        {
            throw FhirPathException.Syntax("the date or time literal is malformed", start);
        }
    }

    private string Quoted(char quote)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            value.Append(text[_at] == '\\' && _at + 1 < text.Length ? Escaped() : text[_at++]);
        }

        if (_at >= text.Length)
        {
            throw FhirPathException.Syntax("the quote is not closed", start);
        }

        _at++;
        return value.ToString();
    }

    private char Escaped()
    {
        var escape = text[_at + 1];
        if (escape == 'u' && _at + 5 < text.Length
            && ushort.TryParse(text.AsSpan(_at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            _at += 6;
            return (char)unit;
        }

        _at += 2;
        return escape switch { 'r' => '\r', 'n' => '\n', 't' => '\t', 'f' => '\f', _ => escape };
    }
}
