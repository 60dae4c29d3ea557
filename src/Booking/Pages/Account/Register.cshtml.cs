using System.ComponentModel.DataAnnotations;
using Booking.Messages;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>A customer's address, to which a code goes. An address with an account gets a mail that says so; the page answers the same.</summary>
internal sealed class RegisterModel(UserManager<Booking.SignIn.Account> accounts, EmailCodes codes, CodeMails mails, Throttle throttle, Translator texts) : PageModel
{
    [BindProperty, StringLength(254), EmailAddress]
    public string Email { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (ModelState.IsValid && !MailAddresses.IsUsable(Email))
        {
            ModelState.AddModelError(nameof(Email), texts["Validation.Email"]);
        }
        if (!ModelState.IsValid)
        {
            return Page();
        }
        if (await throttle.EnterAsync("register|" + Email, HttpContext, cancel) > TimeSpan.Zero)
        {
            ModelState.AddModelError("", texts["Account.TooManyCodes"]);
            return Page();
        }
        if (await codes.IssueAsync(EmailCodes.Register, Email, cancel) is { } code)
        {
            if (await accounts.FindByEmailAsync(Email) is { } known)
            {
                mails.SendKnown(known.Email!, texts.Language);
            }
            else
            {
                mails.SendCode(Email, texts.Language, code);
            }
        }
        TempData["register-email"] = Email.Trim();
        return RedirectToPage("RegisterCode", new { ReturnUrl });
    }
}
