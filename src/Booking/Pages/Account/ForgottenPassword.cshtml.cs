using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Sends a code for a new password; the answer is the same for an unknown address.</summary>
internal sealed class ForgottenPasswordModel(
    UserManager<Booking.SignIn.Account> accounts, EmailCodes codes, CodeMails mails, Throttle throttle, Translator texts) : PageModel
{
    [BindProperty, StringLength(254), EmailAddress]
    public string Email { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid)
        {
            return Page();
        }
        if (await throttle.EnterAsync("reset|" + Email, HttpContext, cancel) > TimeSpan.Zero)
        {
            ModelState.AddModelError("", texts["Account.TooManyCodes"]);
            return Page();
        }
        var code = await codes.IssueAsync(EmailCodes.Reset, Email, cancel);
        if (code is not null && await accounts.FindByEmailAsync(Email) is { Disabled: false } account)
        {
            mails.SendCode(account.Email!, account.Language, code);
        }
        TempData["reset-email"] = Email.Trim();
        return RedirectToPage("NewPassword");
    }
}
