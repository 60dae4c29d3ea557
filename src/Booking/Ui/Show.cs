using System.Globalization;
using Booking.Texts;

namespace Booking.Ui;

/// <summary>Dates, times and amounts as people here write them, in the request's language. Instants are shown in the practice's zone.</summary>
public static class Show
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");

    static CultureInfo Culture => RequestLanguage.Culture(RequestLanguage.Of(CultureInfo.CurrentUICulture));

    static bool English => Culture.TwoLetterISOLanguageName == "en";

    /// <summary>25.11.2026</summary>
    public static string Date(DateOnly date) => date.ToString("d.M.yyyy", CultureInfo.InvariantCulture);

    /// <summary>ke 25.11.2026</summary>
    public static string WeekdayDate(DateOnly date) => $"{Culture.DateTimeFormat.GetAbbreviatedDayName(date.DayOfWeek)} {Date(date)}";

    /// <summary>keskiviikko 25. marraskuuta 2026, onsdag 25 november 2026, Wednesday 25 November 2026</summary>
    public static string LongDate(DateOnly date) => $"{Weekday(date)} {DayMonth(date)} {date.Year}";

    /// <summary>25. marraskuuta, 25 november, 25 November</summary>
    public static string DayMonth(DateOnly date) =>
        date.ToString(Culture.TwoLetterISOLanguageName == "fi" ? "d. MMMM" : "d MMMM", Culture);

    /// <summary>ke, ons, Wed</summary>
    public static string ShortWeekday(DateOnly date) => Culture.DateTimeFormat.GetAbbreviatedDayName(date.DayOfWeek);

    public static string Weekday(DateOnly date) => Culture.DateTimeFormat.GetDayName(date.DayOfWeek);

    /// <summary>14.30 in Finnish and Swedish, 14:30 in English; always 24 h.</summary>
    public static string Time(TimeOnly time) => time.ToString(English ? "HH':'mm" : "H'.'mm", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset instant) => Time(TimeOnly.FromDateTime(Local(instant)));

    /// <summary>14.30–15.15</summary>
    public static string Times(DateTimeOffset start, DateTimeOffset end) => $"{Time(start)}–{Time(end)}";

    public static string Date(DateTimeOffset instant) => Date(DateOnly.FromDateTime(Local(instant)));

    public static string LongDate(DateTimeOffset instant) => LongDate(DateOnly.FromDateTime(Local(instant)));

    /// <summary>25.11.2026 klo 14.30, 25.11.2026 kl. 14.30, 25.11.2026 at 14:30</summary>
    public static string DateTime(DateTimeOffset instant) =>
        $"{Date(instant)} {Culture.TwoLetterISOLanguageName switch { "fi" => "klo", "sv" => "kl.", _ => "at" }} {Time(instant)}";

    /// <summary>75 min: the trade's way up to two hours; then 2 t 30 min, 2 h 30 min.</summary>
    public static string Minutes(int minutes)
    {
        var hour = Culture.TwoLetterISOLanguageName == "fi" ? "t" : "h";
        return minutes < 120 ? $"{minutes} min" : minutes % 60 == 0 ? $"{minutes / 60} {hour}" : $"{minutes / 60} {hour} {minutes % 60} min";
    }

    /// <summary>45,00 € (€45.00 in English)</summary>
    public static string Euros(decimal amount) =>
        English ? "€" + amount.ToString("N2", Culture) : amount.ToString("N2", Culture) + "\u00a0€";

    static System.DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone).DateTime;
}
