namespace Booking.Availability;

/// <summary>Finnish public holidays, and the two eves on which the country is closed by custom.</summary>
public static class FinnishHolidays
{
    /// <summary>True on a public holiday, Midsummer Eve and Christmas Eve.</summary>
    public static bool IsClosed(DateOnly date)
    {
        var easter = Easter(date.Year);
        return (date.Month, date.Day) is (1, 1) or (1, 6) or (5, 1) or (12, 6) or (12, 24) or (12, 25) or (12, 26)
            || date == easter.AddDays(-2) || date == easter || date == easter.AddDays(1) || date == easter.AddDays(39) || date == easter.AddDays(49)
            || date == SaturdayFrom(date.Year, 6, 20) || date == SaturdayFrom(date.Year, 6, 20).AddDays(-1)
            || date == SaturdayFrom(date.Year, 10, 31);
    }

    /// <summary>Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).</summary>
    public static DateOnly Easter(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100;
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var sum = h + l - (7 * m) + 114;
        return new DateOnly(year, sum / 31, (sum % 31) + 1);
    }

    private static DateOnly SaturdayFrom(int year, int month, int day)
    {
        var first = new DateOnly(year, month, day);
        return first.AddDays(((int)DayOfWeek.Saturday - (int)first.DayOfWeek + 7) % 7);
    }
}
