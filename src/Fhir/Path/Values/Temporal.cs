using System.Globalization;

namespace Fhir.FhirPath.Values;

/// <summary>How far a date or time is given. Seconds and their fraction are one precision (FHIRPath N1 §6.1.1).</summary>
public enum TemporalPrecision : byte
{
    /// <summary>Year only.</summary>
    Year = 1,

    /// <summary>Year and month.</summary>
    Month,

    /// <summary>A whole date.</summary>
    Day,

    /// <summary>Down to the hour.</summary>
    Hour,

    /// <summary>Down to the minute.</summary>
    Minute,

    /// <summary>Down to the second or a fraction of it.</summary>
    Second,
}

/// <summary>
/// A System.Date, System.DateTime or System.Time with its precision, as written: <see cref="Local"/> holds the wall time with missing parts at their least value
/// (a time lies on the first day of year 1), <see cref="OffsetMinutes"/> the time zone if one is given. Immutable.
/// </summary>
public sealed class Temporal
{
    internal Temporal(PathKind kind, DateTime local, TemporalPrecision precision, int fractionDigits = 0, int? offsetMinutes = null, bool zulu = false)
    {
        Zulu = zulu;
        Kind = kind;
        Local = local;
        Precision = precision;
        FractionDigits = fractionDigits;
        OffsetMinutes = offsetMinutes;
    }

    /// <summary>Date, DateTime or Time.</summary>
    public PathKind Kind { get; }

    /// <summary>Wall time; parts beyond the precision are at their least value.</summary>
    public DateTime Local { get; }

    /// <summary>How far the value is given.</summary>
    public TemporalPrecision Precision { get; }

    /// <summary>Digits behind the second, 0 to 7.</summary>
    public int FractionDigits { get; }

    /// <summary>Minutes east of UTC, or null without a time zone.</summary>
    public int? OffsetMinutes { get; }

    /// <summary>Whether the offset 0 is written as Z.</summary>
    internal bool Zulu { get; }

    internal bool HasTime => Precision > TemporalPrecision.Day;

    internal static Temporal Now(DateTimeOffset now) =>
        new(PathKind.DateTime, WholeMilliseconds(now.DateTime), TemporalPrecision.Second, 3, (int)now.Offset.TotalMinutes);

    internal static Temporal Today(DateTimeOffset now) => new(PathKind.Date, now.Date, TemporalPrecision.Day);

    internal static Temporal TimeOfDay(DateTimeOffset now) =>
        new(PathKind.Time, DateTime.MinValue + WholeMilliseconds(now.DateTime).TimeOfDay, TemporalPrecision.Second, 3);

    /// <summary>A Date seen as a DateTime, or a DateTime cut to its Date.</summary>
    internal Temporal As(PathKind kind) => kind == Kind ? this
        : kind == PathKind.Date && HasTime ? new Temporal(kind, Local.Date, TemporalPrecision.Day)
        : new Temporal(kind, Local, Precision, FractionDigits, kind == PathKind.Date ? null : OffsetMinutes, Zulu);

    /// <summary>The value in the notation of FHIR: 2012-04, 2012-04-01T10:30:00.000+02:00, 14:30.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[40];
        var length = 0;
        if (Kind != PathKind.Time)
        {
            length += Append(text, Precision switch { TemporalPrecision.Year => "yyyy", TemporalPrecision.Month => "yyyy-MM", _ => "yyyy-MM-dd" }, 0);
            if (!HasTime)
            {
                return new string(text[..length]);
            }

            text[length++] = 'T';
        }

        length += Append(text[length..], Precision switch { TemporalPrecision.Hour => "HH", TemporalPrecision.Minute => "HH:mm", _ => "HH:mm:ss" }, FractionDigits);
        if (OffsetMinutes is { } offset)
        {
            length += AppendOffset(text[length..], offset, Zulu);
        }

        return new string(text[..length]);
    }

    private static DateTime WholeMilliseconds(DateTime value) => new(value.Ticks - (value.Ticks % TimeSpan.TicksPerMillisecond));

    private static int AppendOffset(Span<char> text, int offset, bool zulu)
    {
        if (zulu)
        {
            text[0] = 'Z';
            return 1;
        }

        var magnitude = Math.Abs(offset);
        text.TryWrite(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{magnitude / 60:00}:{magnitude % 60:00}", out var written);
        return written;
    }

    private int Append(Span<char> text, string format, int fractionDigits)
    {
        // A one-letter format would be read as a standard format.
        Local.TryFormat(text, out var written, format, CultureInfo.InvariantCulture);
        if (fractionDigits > 0 && Precision == TemporalPrecision.Second)
        {
            text[written] = '.';
            (Local.Ticks % TimeSpan.TicksPerSecond).TryFormat(text[(written + 1)..], out _, "0000000", CultureInfo.InvariantCulture);
            written += 1 + fractionDigits;
        }

        return written;
    }
}
