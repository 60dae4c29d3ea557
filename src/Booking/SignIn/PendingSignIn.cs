using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Booking.SignIn;

/// <summary>The ten minutes between a right password and the second factor: a cookie of its own that opens nothing else.</summary>
internal sealed class PendingSignIn(UserManager<Account> accounts)
{
    public const string Scheme = "pending-sign-in";

    public static Task BeginAsync(HttpContext http, Account account, string returnUrl)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, account.Id.ToString()), new Claim(SessionClaims.Stamp, account.SecurityStamp!)], Scheme);
        return http.SignInAsync(Scheme, new ClaimsPrincipal(identity), new AuthenticationProperties { Items = { ["return"] = returnUrl } });
    }

    /// <summary>The account whose password was right, and where it wanted to go; null when that is over.</summary>
    public async Task<(Account Account, string ReturnUrl)?> FindAsync(HttpContext http)
    {
        var ticket = await http.AuthenticateAsync(Scheme);
        if (ticket.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id || await accounts.FindByIdAsync(id) is not { Disabled: false } account
            || account.SecurityStamp != ticket.Principal.FindFirstValue(SessionClaims.Stamp))
        {
            return null;
        }
        return (account, ticket.Properties?.Items["return"] ?? "/");
    }

    public static Task EndAsync(HttpContext http) => http.SignOutAsync(Scheme);
}
