using System.Globalization;

namespace Booking.Host.Web;

/// <summary>The page for failures in which layout, texts or database may be what failed: it needs none of them.</summary>
internal static class ErrorPage
{
    public static Task WriteAsync(HttpContext context)
    {
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        var (title, text, back) = (language, context.Response.StatusCode) switch
        {
            ("sv", 503) => ("Tjänsten är tillfälligt ur bruk", "Försök igen om en stund. Det du redan sparat finns kvar.", "Till första sidan"),
            ("sv", _) => ("Något gick fel", "Felet ligger hos oss. Försök igen; det du redan sparat finns kvar.", "Till första sidan"),
            ("en", 503) => ("The service is briefly out of use", "Please try again in a moment. What you had saved is safe.", "To the front page"),
            ("en", _) => ("Something went wrong", "The fault is ours. Please try again; what you had saved is safe.", "To the front page"),
            (_, 503) => ("Palvelu on hetken poissa käytöstä", "Yritä hetken kuluttua uudelleen. Tallentamasi tiedot ovat tallessa.", "Etusivulle"),
            _ => ("Jokin meni vikaan", "Vika on meillä. Yritä uudelleen; tallentamasi tiedot ovat tallessa.", "Etusivulle"),
        };
        var shown = language is "sv" or "en" ? language : "fi";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!doctype html>
            <html lang="{shown}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title><link rel="stylesheet" href="/site.css"></head>
            <body><main id="main"><h1>{title}</h1><p>{text}</p><p><a href="/">{back}</a></p><p><small>{context.TraceIdentifier}</small></p></main></body></html>
            """);
    }
}
