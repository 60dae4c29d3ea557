using System.Text.RegularExpressions;

namespace KantaConnector.Queue;

/// <summary>The archive's own words may repeat a person's identity code; what is stored, shown and logged does not.</summary>
internal static partial class PlainText
{
    public static string WithoutIdentityCodes(string text) => IdentityCode().Replace(text, "••••••-••••");

    [GeneratedRegex("(?<![0-9A-Za-z])[0-9]{6}[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-Za-z](?![0-9A-Za-z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdentityCode();
}
