namespace Fhir.FhirPath.Values;

/// <summary>Reads dates and times in the notation that FHIR and FHIRPath share, partial ones included; null where the text is none.</summary>
internal static class TemporalReader
{
    private const int MaxOffset = 14 * 60;

    internal static Temporal? Date(ReadOnlySpan<char> text)
    {
        var at = 0;
        return ReadDate(text, ref at) is { } date && at == text.Length ? new Temporal(PathKind.Date, date.Value, date.Precision) : null;
    }

    internal static Temporal? Time(ReadOnlySpan<char> text)
    {
        var at = 0;
        return ReadTime(text, ref at) is { } time && at == text.Length
            ? new Temporal(PathKind.Time, System.DateTime.MinValue.AddTicks(time.Ticks), time.Precision, time.FractionDigits)
            : null;
    }

    /// <summary>Reads a DateTime: a date, a date and a bare T, or a date and a time with or without offset.</summary>
    internal static Temporal? DateTime(ReadOnlySpan<char> text)
    {
        var at = 0;
        if (ReadDate(text, ref at) is not { } date)
        {
            return null;
        }

        if (at == text.Length || (at + 1 == text.Length && text[at] == 'T'))
        {
            return new Temporal(PathKind.DateTime, date.Value, date.Precision);
        }

        if (text[at] != 'T' || date.Precision != TemporalPrecision.Day)
        {
            return null;
        }

        at++;
        if (ReadTime(text, ref at) is not { } time || !ReadOffset(text, ref at, out var offset) || at != text.Length)
        {
            return null;
        }

        return new Temporal(PathKind.DateTime, date.Value.AddTicks(time.Ticks), time.Precision, time.FractionDigits, offset, text[^1] == 'Z');
    }

    private static (DateTime Value, TemporalPrecision Precision)? ReadDate(ReadOnlySpan<char> text, ref int at)
    {
        if (!Digits(text, ref at, 4, out var year) || year == 0)
        {
            return null;
        }

        if (at >= text.Length || text[at] != '-')
        {
            return (new DateTime(year, 1, 1), TemporalPrecision.Year);
        }

        at++;
        if (!Digits(text, ref at, 2, out var month) || month is < 1 or > 12)
        {
            return null;
        }

        if (at >= text.Length || text[at] != '-')
        {
            return (new DateTime(year, month, 1), TemporalPrecision.Month);
        }

        at++;
        return Digits(text, ref at, 2, out var day) && day >= 1 && day <= System.DateTime.DaysInMonth(year, month)
            ? (new DateTime(year, month, day), TemporalPrecision.Day)
            : null;
    }

    private static (long Ticks, TemporalPrecision Precision, int FractionDigits)? ReadTime(ReadOnlySpan<char> text, ref int at)
    {
        if (!Digits(text, ref at, 2, out var hour) || hour > 23)
        {
            return null;
        }

        var ticks = hour * TimeSpan.TicksPerHour;
        if (at >= text.Length || text[at] != ':')
        {
            return (ticks, TemporalPrecision.Hour, 0);
        }

        at++;
        if (!Digits(text, ref at, 2, out var minute) || minute > 59)
        {
            return null;
        }

        ticks += minute * TimeSpan.TicksPerMinute;
        if (at >= text.Length || text[at] != ':')
        {
            return (ticks, TemporalPrecision.Minute, 0);
        }

        at++;

        // 60 stands for a leap second (R4 datatypes, dateTime); it is read as the last second.
        if (!Digits(text, ref at, 2, out var second) || second > 60)
        {
            return null;
        }

        ticks += Math.Min(second, 59) * TimeSpan.TicksPerSecond;
        var fraction = ReadFraction(text, ref at, out var fractionTicks);
        return fraction < 0 ? null : (ticks + fractionTicks, TemporalPrecision.Second, Math.Min(fraction, 7));
    }

    private static int ReadFraction(ReadOnlySpan<char> text, ref int at, out long ticks)
    {
        ticks = 0;
        if (at >= text.Length || text[at] != '.')
        {
            return 0;
        }

        var digits = 0;
        var unit = TimeSpan.TicksPerSecond;
        for (at++; at < text.Length && char.IsAsciiDigit(text[at]); at++, digits++)
        {
            unit /= 10;
            ticks += (text[at] - '0') * unit;
        }

        return digits == 0 ? -1 : digits;
    }

    private static bool ReadOffset(ReadOnlySpan<char> text, ref int at, out int? offset)
    {
        offset = null;
        if (at == text.Length)
        {
            return true;
        }

        var sign = text[at++];
        if (sign == 'Z')
        {
            offset = 0;
            return true;
        }

        if (sign is not ('+' or '-') || !Digits(text, ref at, 2, out var hours) || at >= text.Length || text[at++] != ':'
            || !Digits(text, ref at, 2, out var minutes) || minutes > 59 || (hours * 60) + minutes > MaxOffset)
        {
            return false;
        }

        offset = (sign == '-' ? -1 : 1) * ((hours * 60) + minutes);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, ref int at, int count, out int value)
    {
        value = 0;
        if (at + count > text.Length)
        {
            return false;
        }

        for (var end = at + count; at < end; at++)
        {
            if (!char.IsAsciiDigit(text[at]))
            {
                return false;
            }

            value = (value * 10) + (text[at] - '0');
        }

        return true;
    }
}
