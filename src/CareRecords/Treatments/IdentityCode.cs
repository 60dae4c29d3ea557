using System.Globalization;

namespace CareRecords.Treatments;

/// <summary>
/// A Finnish personal identity code (henkilötunnus): ddmmyy, century sign (+ for the 1800s; - Y X W V U for the 1900s; A B C D E F for the 2000s),
/// individual number, check character (nine digits mod 31). Source: DVV, the 2023 reform of the code. It is unique only with its sign.
/// </summary>
/// <param name="Value">Eleven characters, upper case.</param>
/// <param name="BirthDate">As the code says; the registered birth date may differ.</param>
/// <param name="IsTest">Individual number 900–999: never a real person's.</param>
public readonly record struct IdentityCode(string Value, DateOnly BirthDate, bool IsTest)
{
    private const string CheckCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";

    /// <summary>Why a text is no identity code.</summary>
    public enum Fault
    {
        None,
        Shape,
        Date,
        IndividualNumber,
        CheckCharacter,
    }

    /// <summary>Reads a code, tolerating surrounding space and lower case. On a fault the code is default.</summary>
    public static Fault TryRead(string? text, out IdentityCode code)
    {
        code = default;
        var value = text?.Trim().ToUpperInvariant() ?? "";
        if (value.Length != 11 || !AllDigits(value.AsSpan(0, 6)) || !AllDigits(value.AsSpan(7, 3)) || Century(value[6]) is not { } century)
        {
            return Fault.Shape;
        }

        var (day, month, year) = (Number(value, 0, 2), Number(value, 2, 2), century + Number(value, 4, 2));
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return Fault.Date;
        }

        var individual = Number(value, 7, 3);
        if (individual < 2)
        {
            return Fault.IndividualNumber;
        }

        if (CheckCharacters[(Number(value, 0, 6) * 1000 + individual) % 31] != value[10])
        {
            return Fault.CheckCharacter;
        }

        code = new IdentityCode(value, new DateOnly(year, month, day), individual >= 900);
        return Fault.None;
    }

    private static int? Century(char sign) => sign switch
    {
        '+' => 1800,
        '-' or 'Y' or 'X' or 'W' or 'V' or 'U' => 1900,
        >= 'A' and <= 'F' => 2000,
        _ => null,
    };

    private static bool AllDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Number(string text, int start, int length) =>
        int.Parse(text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture);
}
