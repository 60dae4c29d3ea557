using System.Globalization;
using System.Text.RegularExpressions;

namespace CareRecords.Search;

/// <summary>
/// The span of time that a FHIR date of any precision means: 2026 is the whole year, 2026-03-01T12:00 that minute. High is exclusive. Without a zone it
/// is counted in Europe/Helsinki. A plus that a client did not escape has become a space.
/// </summary>
internal sealed partial record Period(DateTimeOffset Low, DateTimeOffset High)
{
    private static readonly TimeZoneInfo _helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");

    /// <summary>Null when the text is no date, dateTime or instant.</summary>
    internal static Period? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var year = Number(match, 1, 1);
        var (month, day) = (Number(match, 2, 1), Number(match, 3, 1));
        var (hour, minute, second) = (Number(match, 4, 0), Number(match, 5, 0), Number(match, 6, 0));
        if (year is < 1 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return null;
        }

        // A leap second has no place on this clock; it is the last second of its minute.
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Unspecified);
        var fraction = match.Groups[7].Value;
        var step = fraction.Length > 0 ? TimeSpan.FromTicks((long)Math.Pow(10, 7 - Math.Min(fraction.Length, 6))) : TimeSpan.FromSeconds(1);
        if (fraction.Length > 0)
        {
            local = local.AddTicks(long.Parse(fraction.Length > 6 ? fraction[..6] : fraction, CultureInfo.InvariantCulture) * step.Ticks);
        }

        var end = !match.Groups[2].Success ? local.AddYears(1)
            : !match.Groups[3].Success ? local.AddMonths(1)
            : !match.Groups[4].Success ? local.AddDays(1)
            : !match.Groups[6].Success ? local.AddMinutes(1)
            : local + step;
        var zone = match.Groups[8].Value;
        return new Period(Instant(local, zone), Instant(end, zone));
    }

    private static int Number(Match match, int group, int absent) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : absent;

    private static DateTimeOffset Instant(DateTime local, string zone)
    {
        var offset = zone switch
        {
            "" => _helsinki.GetUtcOffset(local),
            "Z" => TimeSpan.Zero,
            _ => (zone[0] == '-' ? -1 : 1) * new TimeSpan(
                int.Parse(zone.AsSpan(1, 2), CultureInfo.InvariantCulture), int.Parse(zone.AsSpan(4, 2), CultureInfo.InvariantCulture), 0),
        };
        // Helsinki's offset of long ago has seconds, which DateTimeOffset does not take.
        var utc = local - offset;
        return utc.Year < 1 ? DateTimeOffset.MinValue : new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
    }

    [GeneratedRegex(
        @"^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+ -](?:0\d|1[0-4]):[0-5]\d)?)?)?)?\z",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();
}
