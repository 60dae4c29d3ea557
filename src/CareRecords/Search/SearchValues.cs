using System.Globalization;
using System.Text;
using Fhir.Definitions;

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

    /// <summary>A value that has no parts, without its escapes.</summary>
    internal static string Plain(string text) => text.Contains('\\', StringComparison.Ordinal) ? Parts(text, '\0')[0] : text;

    /// <summary>A number with the span that its digits stand for: 100 is 99.5 to 100.5, 100.00 is 99.995 to 100.005; 1e2 is 95 to 105, as the specification has it.</summary>
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
        var digits = exponent - (point >= 0 ? mantissa.Length - point - 1 : exponentAt < 0 ? 0 : 1);
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

    /// <summary>A zone's plus sign that was not escaped in the address arrives as a space.</summary>
    internal static Period Date(string text) =>
        Period.Parse(text) ?? throw new SearchException("A date is written like 2026, 2026-11, 2026-11-23, 2026-11-23T08:30 or with seconds and zone.");

    /// <summary>For `like`, with its own signs escaped.</summary>
    internal static string Pattern(string folded) => folded.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>What a reference is searched by.</summary>
    /// <param name="baseUrl">Address of this service: what begins with it is local.</param>
    internal static ReferenceValue Reference(SearchIndex index, string modifier, string value, string baseUrl)
    {
        var text = Plain(value);
        var target = ReferenceValue.Parse(baseUrl.Length > 0 && text.StartsWith(baseUrl + "/", StringComparison.Ordinal) ? text[(baseUrl.Length + 1)..] : text);
        if (target.Type.Length > 0 ? !FhirTypes.ResourceNames.Contains(target.Type) : !target.IsAbsolute && !target.IsId)
        {
            throw new SearchException($"{index.Code} is a reference: id, Type/id, or an address.");
        }

        if (modifier.Length > 0 && target.Type.Length > 0 && target.Type != modifier)
        {
            throw new SearchException($"{index.Code}:{modifier} is asked for a {target.Type}.");
        }

        return target;
    }

    /// <summary>Refuses a value that its parameter cannot have, whether or not the search would come to look at it.</summary>
    /// <exception cref="SearchException">It cannot be read.</exception>
    internal static void Check(SearchIndex index, string modifier, string value)
    {
        switch (index.Type)
        {
            case "date":
                Date(Prefixed(value).Value);
                break;
            case "number":
                Number(Prefixed(value).Value);
                break;
            case "quantity":
                Quantity(value);
                break;
            case "token" when modifier is "" or "not":
                Token(value);
                break;
            case "reference" when modifier == "identifier":
                Token(value);
                break;
            case "reference":
                Reference(index, modifier, value, "");
                break;
            case "uri" when modifier.Length > 0 && Plain(value).StartsWith("urn:", StringComparison.Ordinal):
                throw new SearchException($":{modifier} is for addresses; a URN has no hierarchy.");
        }
    }

    /// <summary>A token's system and code: null system where any will do, empty where there must be none; null code where any will do.</summary>
    internal static (string? System, string? Code) Token(string value) => Parts(value, '|') switch
    {
        [{ Length: > 0 } code] => (null, code),
        ["", { Length: > 0 } code] => ("", code),
        [{ Length: > 0 } system, ""] => (system, null),
        [var system, var code] when code.Length > 0 => (system, code),
        _ => throw new SearchException("A token is written code, system|code, |code or system|."),
    };

    /// <summary>number, number|system|code or number||unit, with its prefix.</summary>
    internal static (string Prefix, string Number, string? System, string Code) Quantity(string value)
    {
        var (prefix, rest) = Prefixed(value);
        var parts = Parts(rest, '|');
        Number(parts[0]);
        return parts switch
        {
            [var number] => (prefix, number, null, ""),
            [var number, "", ""] => (prefix, number, null, ""),
            [var number, var system, { Length: > 0 } code] => (prefix, number, system, code),
            _ => throw new SearchException("A quantity is written number, number|system|code or number||unit."),
        };
    }
}
