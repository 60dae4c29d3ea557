using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>The acting role does not open the page asked for.</summary>
internal sealed class DeniedModel : PageModel
{
    public void OnGet() => Response.StatusCode = StatusCodes.Status403Forbidden;
}
