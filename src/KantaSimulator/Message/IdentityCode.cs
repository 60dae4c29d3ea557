using System.Globalization;

namespace KantaSimulator.Message;

/// <summary>
/// The Finnish personal identity code: ddmmyy, a sign for the century (all in use since 2023), an individual number and a check character
/// (https://dvv.fi/hetu-uudistus). The sign counts: without it the code is not unique.
/// </summary>
internal readonly record struct IdentityCode(DateOnly Birth, int Individual, bool CheckHolds)
{
    private const string CheckCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";

    /// <summary>True for the series that is never given to real persons (900–999).</summary>
    public bool IsTestSeries => Individual >= 900;

    /// <summary>Null when the form is wrong or the date does not exist.</summary>
    public static IdentityCode? Read(string? code)
    {
        if (code is not { Length: 11 } || !code[..6].All(char.IsAsciiDigit) || !code[7..10].All(char.IsAsciiDigit)
            || !CheckCharacters.Contains(code[10], StringComparison.Ordinal))
            return null;
        var century = code[6] switch
        {
            '+' => 1800,
            '-' or 'Y' or 'X' or 'W' or 'V' or 'U' => 1900,
            'A' or 'B' or 'C' or 'D' or 'E' or 'F' => 2000,
            _ => 0,
        };
        var year = century + Number(code[4..6]);
        int month = Number(code[2..4]), day = Number(code[..2]);
        if (century == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        var check = CheckCharacters[(int)(long.Parse(code[..6] + code[7..10], CultureInfo.InvariantCulture) % 31)];
        return new IdentityCode(new DateOnly(year, month, day), Number(code[7..10]), check == code[10]);
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
}
