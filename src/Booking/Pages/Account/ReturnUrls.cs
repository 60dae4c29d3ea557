using Microsoft.AspNetCore.Mvc;

namespace Booking.Pages.Account;

/// <summary>Where a person wanted to go before signing in: an address of this site, else /account/home, which leads to the start page of the acting role.</summary>
internal static class ReturnUrls
{
    public const string Home = "/account/home";

    public static string Safe(IUrlHelper url, string? asked) =>
        asked is { Length: > 1 and < 2000 } && url.IsLocalUrl(asked) && !asked.StartsWith("/account/sign-", StringComparison.OrdinalIgnoreCase) ? asked : Home;
}
