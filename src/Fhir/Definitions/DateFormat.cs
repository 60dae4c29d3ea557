namespace Fhir.Definitions;

/// <summary>The lexical forms of date, dateTime, instant and time; a date must exist in the calendar.</summary>
internal static class DateFormat
{
    public static bool IsDate(ReadOnlySpan<char> value) => value.Length switch
    {
        4 => Year(value, out _),
        7 => Year(value, out _) && value[4] == '-' && Two(value, 5, 1, 12, out _),
        10 => FullDate(value),
        _ => false,
    };

    public static bool IsDateTime(ReadOnlySpan<char> value) => value.Length <= 10 ? IsDate(value) : IsInstant(value);

    public static bool IsInstant(ReadOnlySpan<char> value)
    {
        if (value.Length < 20 || !FullDate(value[..10]) || value[10] != 'T')
        {
            return false;
        }

        var time = value[11..];
        var zone = time.IndexOfAny('Z', '+', '-');
        return zone > 0 && ClockTime(time[..zone]) && IsZone(time[zone..]);
    }

    public static bool IsTime(ReadOnlySpan<char> value) => ClockTime(value);

    private static bool ClockTime(ReadOnlySpan<char> value) =>
        value.Length >= 8 && Two(value, 0, 0, 23, out _) && value[2] == ':' && Two(value, 3, 0, 59, out _) && value[5] == ':' && Two(value, 6, 0, 60, out _)
        && (value.Length == 8 || (value[8] == '.' && value.Length > 9 && !value[9..].ContainsAnyExceptInRange('0', '9')));

    private static bool IsZone(ReadOnlySpan<char> zone) =>
        zone is "Z" || (zone.Length == 6 && zone[3] == ':' && Two(zone, 1, 0, 14, out var hours) && Two(zone, 4, 0, 59, out var minutes) && (hours < 14 || minutes == 0));

    private static bool FullDate(ReadOnlySpan<char> value) =>
        Year(value, out var year) && value[4] == '-' && Two(value, 5, 1, 12, out var month) && value[7] == '-' && Two(value, 8, 1, DateTime.DaysInMonth(year, month), out _);

    private static bool Year(ReadOnlySpan<char> value, out int year)
    {
        year = 0;
        for (var i = 0; i < 4; i++)
        {
            if (!char.IsAsciiDigit(value[i]))
            {
                return false;
            }

            year = (year * 10) + (value[i] - '0');
        }

        return year > 0;
    }

    private static bool Two(ReadOnlySpan<char> value, int at, int least, int most, out int number)
    {
        number = 0;
        if (!char.IsAsciiDigit(value[at]) || !char.IsAsciiDigit(value[at + 1]))
        {
            return false;
        }

        number = ((value[at] - '0') * 10) + (value[at + 1] - '0');
        return number >= least && number <= most;
    }
}
