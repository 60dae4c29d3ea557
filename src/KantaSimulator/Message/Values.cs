using System.Globalization;
using System.Text.RegularExpressions;

namespace KantaSimulator.Message;

/// <summary>Forms of single values: object identifiers and HL7 times.</summary>
internal static partial class Values
{
    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]{0,38}))+$", RegexOptions.NonBacktracking)]
    private static partial Regex Oid();

    [GeneratedRegex(@"^([0-9]{8}|[0-9]{12}|[0-9]{14})(\.[0-9]{1,6})?([+-][0-9]{4})?$", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    /// <summary>True for a dotted object identifier of at most 128 characters.</summary>
    public static bool IsOid(string? value) => value is { Length: > 2 and <= 128 } && Oid().IsMatch(value);

    /// <summary>
    /// Reads an HL7 V3 time (yyyyMMdd, yyyyMMddHHmm, yyyyMMddHHmmss, fraction and offset optional) as local wall time without the offset;
    /// null when it is malformed or no such date.
    /// </summary>
    public static DateTime? ReadTime(string? value)
    {
        if (value is null || !Time().IsMatch(value))
            return null;
        var digits = value.Split('.', '+', '-')[0];
        string[] formats = ["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"];
        return DateTime.TryParseExact(digits, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }
}
