namespace KantaConnector.Documents;

/// <summary>ISO object identifiers: numbers without leading zeros, at least two, joined by dots (datatypes-base.xsd, simpleType oid).</summary>
internal static class Oid
{
    public const int MaxLength = 64;

    public static bool IsValid(string? text)
    {
        if (text is null || text.Length is < 3 or > MaxLength || text[0] is not ('0' or '1' or '2') || text[1] != '.')
        {
            return false;
        }
        var arcStart = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == '.')
            {
                if (i == arcStart || (text[arcStart] == '0' && i - arcStart > 1))
                {
                    return false;
                }
                arcStart = i + 1;
            }
            else if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }
        return true;
    }
}
