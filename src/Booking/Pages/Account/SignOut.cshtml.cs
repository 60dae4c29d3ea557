using Booking.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Ends this session and clears what the browser kept.</summary>
internal sealed class SignOutModel(Sessions sessions) : PageModel
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var session = (Session)HttpContext.Items[typeof(Session)]!;
        await sessions.EndAsync(session.AccountId, session.Id, cancel);
        await HttpContext.SignOutAsync(Sessions.Scheme);
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return LocalRedirect("/");
    }
}
