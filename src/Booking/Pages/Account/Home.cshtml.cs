using Booking.SignIn;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Leads to the start page of the role under which the person acts.</summary>
internal sealed class HomeModel(SignedInPerson person) : PageModel
{
    public IActionResult OnGet() => LocalRedirect(Ui.Navigation.HomeOf(person.Role));
}
