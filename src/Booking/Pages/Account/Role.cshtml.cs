using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Account;

/// <summary>Under which of the roles held the person acts from now on.</summary>
internal sealed class RoleModel(Sessions sessions, SignedInPerson person, Translator texts) : PageModel
{
    [BindProperty]
    public string Role { get; set; } = "";

    public IEnumerable<SelectListItem> Choices => person.Roles.Select(r => new SelectListItem(texts[$"Role.{r}"], r));

    public void OnGet() => Role = person.Role;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var session = (Session)HttpContext.Items[typeof(Session)]!;
        if (!await sessions.ActAsAsync(session.Id, Role, cancel))
        {
            ModelState.AddModelError(nameof(Role), texts["Validation.Invalid"]);
            return Page();
        }
        return LocalRedirect(Ui.Navigation.HomeOf(Role));
    }
}
