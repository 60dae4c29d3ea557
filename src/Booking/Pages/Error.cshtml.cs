using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages;

/// <summary>What people see instead of an empty answer of status 4xx. Asked for directly, it is a page that does not exist.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true)]
internal sealed class ErrorModel : PageModel
{
    public int Status { get; private set; }

    public void OnGet([FromRoute] int status) => Show(status);

    public void OnPost([FromRoute] int status) => Show(status);

    private void Show(int status)
    {
        Status = status is >= 400 and < 500 ? status : StatusCodes.Status404NotFound;
        Response.StatusCode = Status;
    }
}
