using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Booking.Texts;

/// <summary>
/// Sets the request's language: <c>?lang=sv</c> (remembered in a functional session cookie), that cookie, Accept-Language, Finnish.
/// Dates and numbers follow Finnish usage in every language: 24 h clock, week from Monday.
/// </summary>
internal static class RequestLanguage
{
    const string Cookie = "language";

    static readonly Dictionary<string, CultureInfo> Cultures = new(StringComparer.Ordinal)
    {
        ["fi"] = Finnish("fi-FI"),
        ["sv"] = Finnish("sv-FI"),
        ["en"] = Finnish("en-GB"),
    };

    public static CultureInfo Culture(string language) => Cultures[language];

    /// <summary>The language of ours that a culture stands for.</summary>
    public static string Of(CultureInfo culture) =>
        Cultures.ContainsKey(culture.TwoLetterISOLanguageName) ? culture.TwoLetterISOLanguageName : TextCatalogue.Languages[0];

    public static IApplicationBuilder UseRequestLanguage(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var asked = Known(context.Request.Query["lang"]);
        if (asked is not null)
        {
            context.Response.Cookies.Append(CookieName(context.Request), asked,
                new CookieOptions { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax, Path = "/" });
        }
        var culture = Cultures[asked ?? Known(context.Request.Cookies[CookieName(context.Request)]) ?? Accepted(context.Request)];
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        return next(context);
    });

    internal static string Accepted(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var accepted))
        {
            return TextCatalogue.Languages[0];
        }
        return accepted.OrderByDescending(a => a.Quality ?? 1)
            .Select(a => Known(a.Value.Value?.Split('-')[0]))
            .FirstOrDefault(l => l is not null) ?? TextCatalogue.Languages[0];
    }

    static string CookieName(HttpRequest request) => request.IsHttps ? "__Host-" + Cookie : Cookie;

    static string? Known(string? language) => language is not null && Cultures.ContainsKey(language) ? language : null;

    static CultureInfo Finnish(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        culture.DateTimeFormat.FirstDayOfWeek = DayOfWeek.Monday;
        // <input type=time> posts 14:30, whatever a culture's own separator is.
        culture.DateTimeFormat.TimeSeparator = ":";
        culture.DateTimeFormat.ShortTimePattern = "HH:mm";
        culture.DateTimeFormat.LongTimePattern = "HH:mm:ss";
        return CultureInfo.ReadOnly(culture);
    }
}
