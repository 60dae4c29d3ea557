namespace Fhir.Definitions;

/// <summary>The primitive types of R4, by the form of their values.</summary>
internal enum PrimitiveKind
{
    None, Boolean, Integer, PositiveInt, UnsignedInt, Decimal, String, Markdown, Code, Id, Uri, Url, Canonical, Oid, Uuid, Base64Binary, Date, DateTime, Instant, Time, Xhtml,
}

/// <summary>The lexical forms of primitives (https://hl7.org/fhir/R4/datatypes.html#primitive), checked without regular expressions.</summary>
internal static class PrimitiveFormat
{
    private const int LongestString = 1024 * 1024;

    public static PrimitiveKind KindOf(string typeName) => Enum.TryParse<PrimitiveKind>(typeName, ignoreCase: true, out var kind)
        ? kind : throw new InvalidOperationException($"'{typeName}' is not a primitive type of FHIR R4.");

    public static bool IsNumber(PrimitiveKind kind) => kind is PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal;

    /// <summary>What the value must look like, where it does not; otherwise null.</summary>
    public static string? Fault(PrimitiveKind kind, ReadOnlySpan<char> value)
    {
        if (value.IsEmpty)
        {
            return "a value may not be empty: leave the property out, or say why it is absent in an extension";
        }

        return kind switch
        {
            PrimitiveKind.Boolean => value is "true" or "false" ? null : "write true or false",
            PrimitiveKind.Integer => IsInteger(value, int.MinValue) ? null : "write a whole number from -2147483648 to 2147483647 without leading zeros",
            PrimitiveKind.UnsignedInt => IsInteger(value, 0) ? null : "write a whole number from 0 to 2147483647 without leading zeros",
            PrimitiveKind.PositiveInt => IsInteger(value, 1) ? null : "write a whole number from 1 to 2147483647 without leading zeros",
            PrimitiveKind.Decimal => IsDecimal(value) ? null : "write a decimal number such as 1.50",
            PrimitiveKind.Code => IsCode(value) ? null : "a code has no spaces at its ends, none doubled, and no other white space",
            PrimitiveKind.Id => IsId(value) ? null : "an id has 1 to 64 letters, digits, '-' and '.'",
            PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical => HasSpace(value) ? "a URI has no white space" : null,
            PrimitiveKind.Oid => IsOid(value) ? null : "write urn:oid: and an OID such as urn:oid:1.2.246.21",
            PrimitiveKind.Uuid => IsUuid(value) ? null : "write urn:uuid: and a UUID in small letters",
            PrimitiveKind.Base64Binary => IsBase64(value) ? null : "write base64 with its padding",
            PrimitiveKind.Date => DateFormat.IsDate(value) ? null : "write YYYY, YYYY-MM or YYYY-MM-DD, a date that exists",
            PrimitiveKind.DateTime => DateFormat.IsDateTime(value) ? null : "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone such as +02:00 or Z",
            PrimitiveKind.Instant => DateFormat.IsInstant(value) ? null : "write YYYY-MM-DDThh:mm:ss with a zone such as +02:00 or Z",
            PrimitiveKind.Time => DateFormat.IsTime(value) ? null : "write hh:mm:ss without a zone",
            _ => value.Length > LongestString ? "a string has at most 1048576 characters" : HasControl(value) ? "a string has no control characters other than tab, line feed and carriage return" : null,
        };
    }

    private static bool IsInteger(ReadOnlySpan<char> value, int least)
    {
        var digits = value[0] is '-' or '+' ? value[1..] : value;
        if ((least >= 0 && value[0] is '-') || digits.IsEmpty || digits.Length > 10 || (digits.Length > 1 && digits[0] == '0') || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var number = 0L;
        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        return value[0] == '-' ? number <= 1L + int.MaxValue : number <= int.MaxValue && number >= least;
    }

    private static bool IsDecimal(ReadOnlySpan<char> value)
    {
        var at = value[0] == '-' ? 1 : 0;
        var whole = Digits(value, ref at);
        if (whole == 0 || (whole > 1 && value[at - whole] == '0'))
        {
            return false;
        }

        if (at < value.Length && value[at] == '.')
        {
            at++;
            if (Digits(value, ref at) == 0)
            {
                return false;
            }
        }

        if (at < value.Length && value[at] is 'e' or 'E')
        {
            at++;
            at += at < value.Length && value[at] is '+' or '-' ? 1 : 0;
            if (Digits(value, ref at) is 0 or > 4)
            {
                return false;
            }
        }

        return at == value.Length;
    }

    private static int Digits(ReadOnlySpan<char> value, ref int at)
    {
        var start = at;
        while (at < value.Length && char.IsAsciiDigit(value[at]))
        {
            at++;
        }

        return at - start;
    }

    private static bool IsCode(ReadOnlySpan<char> value)
    {
        if (value[0] == ' ' || value[^1] == ' ')
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsWhiteSpace(value[i]) && (value[i] != ' ' || value[i - 1] == ' '))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsId(ReadOnlySpan<char> value)
    {
        if (value.Length > 64)
        {
            return false;
        }

        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOid(ReadOnlySpan<char> value)
    {
        if (!value.StartsWith("urn:oid:", StringComparison.Ordinal) || value.Length < 11 || value[8] is < '0' or > '2' || value[9] != '.')
        {
            return false;
        }

        foreach (var arc in value[8..].Split('.'))
        {
            var part = value[8..][arc];
            if (part.IsEmpty || (part.Length > 1 && part[0] == '0') || part.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUuid(ReadOnlySpan<char> value)
    {
        if (value.Length != 45 || !value.StartsWith("urn:uuid:", StringComparison.Ordinal))
        {
            return false;
        }

        for (var i = 9; i < 45; i++)
        {
            if (i is 17 or 22 or 27 or 32 ? value[i] != '-' : !char.IsAsciiHexDigitLower(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBase64(ReadOnlySpan<char> value)
    {
        var letters = 0;
        var padding = 0;
        foreach (var c in value)
        {
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                continue;
            }

            if (c == '=')
            {
                padding++;
            }
            else if (padding > 0 || !(char.IsAsciiLetterOrDigit(c) || c is '+' or '/'))
            {
                return false;
            }

            letters++;
        }

        return letters > 0 && letters % 4 == 0 && padding <= 2;
    }

    private static bool HasSpace(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (c <= ' ')
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasControl(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (c < ' ' && c is not ('\t' or '\n' or '\r'))
            {
                return true;
            }
        }

        return false;
    }
}
