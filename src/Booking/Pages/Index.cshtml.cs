using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages;

/// <summary>The front page: book, or see one's own data.</summary>
internal sealed class IndexModel : PageModel
{
    public void OnGet()
    {
    }
}
