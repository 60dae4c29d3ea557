using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.DataProtection;

namespace Booking.Pages.Book;

/// <summary>A booking that is being made: kept encrypted in the customer's own browser, not with us, until she confirms it.</summary>
internal sealed record BookingDraft
{
    /// <summary>Names the draft, and is the idempotency key of the booking.</summary>
    public required Guid Key { get; init; }

    public required Guid Service { get; init; }

    public Guid? Practitioner { get; init; }

    public required DateTime Start { get; init; }

    public required string GivenNames { get; init; }

    public required string FamilyName { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? Message { get; init; }

    public bool Reminder { get; init; }

    public bool Marketing { get; init; }
}

/// <summary>Keeps drafts in cookies, one a draft, so that two tabs do not mix. They live for two hours, the last six of them.</summary>
internal sealed class BookingDrafts(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Prefix = "booking-";
    private const int MostKept = 6;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    // Letters as they are: escapes would take six bytes each of the four thousand that a cookie has.
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("booking-draft").ToTimeLimitedDataProtector();

    public void Keep(HttpContext http, BookingDraft draft)
    {
        http.Response.Cookies.Append(
            Name(draft.Key), _protector.Protect(JsonSerializer.Serialize(draft, Compact), clock.GetUtcNow() + Lifetime), Options(http, Lifetime));
        // A browser sends all of them with each request, and the server takes only so many bytes.
        var others = http.Request.Cookies.Keys.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n != Name(draft.Key)).ToList();
        foreach (var old in others.OrderByDescending(n => Expiry(http.Request.Cookies[n]!)).Skip(MostKept - 1))
        {
            http.Response.Cookies.Delete(old, Options(http, null));
        }
    }

    /// <summary>Null when there is none, it is too old or was changed.</summary>
    public BookingDraft? Find(HttpContext http, Guid key)
    {
        if (http.Request.Cookies[Name(key)] is not { } kept)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<BookingDraft>(_protector.Unprotect(kept, out var expires), Compact) is { } draft && expires > clock.GetUtcNow()
                ? draft
                : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            // Expired or not ours: the customer starts over, which the page says.
            return null;
        }
    }

    private DateTimeOffset Expiry(string kept)
    {
        try
        {
            _protector.Unprotect(kept, out var expires);
            return expires;
        }
        catch (CryptographicException)
        {
            // Expired or not ours: the first to go.
            return DateTimeOffset.MinValue;
        }
    }

    private static string Name(Guid key) => $"{Prefix}{key:N}";

    private static CookieOptions Options(HttpContext http, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/book",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
