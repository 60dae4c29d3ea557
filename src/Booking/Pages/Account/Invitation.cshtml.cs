using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>A member of staff sets the first password with the code she was handed, and goes on to set up the second factor.</summary>
internal sealed class InvitationModel(UserManager<Booking.SignIn.Account> accounts, PasswordGate gate, Throttle throttle, Translator texts) : PageModel
{
    [BindProperty, StringLength(254), EmailAddress]
    public string Email { get; set; } = "";

    [BindProperty, StringLength(1000)]
    public string Code { get; set; } = "";

    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (ModelState.IsValid && PasswordRules.Fault(Password, Email) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), texts.Get(fault));
        }
        if (!ModelState.IsValid)
        {
            return Page();
        }
        using var place = await gate.EnterAsync(cancel);
        var wait = place is null ? TimeSpan.FromSeconds(5) : await throttle.EnterAsync("invitation|" + Email, HttpContext, cancel);
        if (wait > TimeSpan.Zero)
        {
            ModelState.AddModelError("", texts.Count("Account.TooMany", (int)Math.Ceiling(wait.TotalSeconds)));
            return Page();
        }
        if (await accounts.FindByEmailAsync(Email) is not { PasswordHash: null, Disabled: false } account
            || !await accounts.VerifyUserTokenAsync(account, SignInRegistration.InvitationProvider, InviteStaff.TokenPurpose, Code.Trim()))
        {
            ModelState.AddModelError(nameof(Code), texts["Account.WrongInvitation"]);
            return Page();
        }
        account.EmailConfirmed = true;
        var set = await accounts.AddPasswordAsync(account, Password);
        if (!set.Succeeded)
        {
            ModelState.AddModelError(nameof(Password), texts["Account.PasswordCommon"]);
            return Page();
        }
        await PendingSignIn.BeginAsync(HttpContext, account, ReturnUrls.Home);
        return RedirectToPage("SetUpAuthenticator");
    }
}
