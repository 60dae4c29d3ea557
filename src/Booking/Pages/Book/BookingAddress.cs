using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace Booking.Pages.Book;

/// <summary>
/// The addresses of the booking pages; what is chosen so far stands in them, so that going back is safe. With the key of a draft the page that follows
/// knows what was typed before.
/// </summary>
internal static class BookingAddress
{
    public static string Service(Guid draft) => $"/book?draft={draft}";

    public static string Practitioner(Guid service, Guid? draft = null) => "/book/practitioner" + Query(service, null, ("draft", draft?.ToString()));

    public static string Time(Guid service, Guid? practitioner, DateOnly? date = null, int? days = null, Guid? draft = null) => "/book/time" + Query(
        service, practitioner, ("date", date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("days", days?.ToString(CultureInfo.InvariantCulture)),
        ("draft", draft?.ToString()));

    public static string Details(Guid service, Guid? practitioner, DateTime start, Guid? draft = null) =>
        "/book/details" + Query(service, practitioner, ("start", Instant(start)), ("draft", draft?.ToString()));

    public static string Check(Guid draft) => $"/book/check/{draft:N}";

    public static string Manage(string token) => $"/booking/{token}";

    /// <summary>The booking, where somebody stepped back to the pages that it was made on.</summary>
    public static string Again(string token) => Manage(token) + "?again=true";

    /// <summary>A start time in an address or a form: UTC to the minute.</summary>
    public static string Instant(DateTime start) => start.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>The other direction; null for anything else.</summary>
    public static DateTime? Instant(string? text) =>
        DateTime.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            && instant.Year is > 2000 and < 2200
            ? instant
            : null;

    private static string Query(Guid service, Guid? practitioner, params IEnumerable<(string Name, string? Value)> more)
    {
        var query = new QueryBuilder { { "service", service.ToString() } };
        foreach (var (name, value) in more.Prepend(("practitioner", practitioner?.ToString())).Where(p => p.Item2 is not null))
        {
            query.Add(name, value!);
        }

        return query.ToString();
    }
}
