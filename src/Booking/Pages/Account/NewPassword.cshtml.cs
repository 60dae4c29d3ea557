using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Sets a new password with the code that was sent. It signs nobody in: the second factor is still asked for.</summary>
internal sealed class NewPasswordModel(
    UserManager<Booking.SignIn.Account> accounts, EmailCodes codes, CodeMails mails, PasswordGate gate, Throttle throttle, Translator texts) : PageModel
{
    [BindProperty, StringLength(20)]
    public string Code { get; set; } = "";

    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    public IActionResult OnGet() => TempData.Peek("reset-email") is string ? Page() : RedirectToPage("ForgottenPassword");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (TempData.Peek("reset-email") is not string email)
        {
            return RedirectToPage("ForgottenPassword");
        }
        if (ModelState.IsValid && PasswordRules.Fault(Password, email) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), texts.Get(fault));
        }
        if (!ModelState.IsValid)
        {
            return Page();
        }
        using var place = await gate.EnterAsync(cancel);
        var wait = place is null ? TimeSpan.FromSeconds(5) : await throttle.EnterAsync("reset-code|" + email, HttpContext, cancel);
        if (wait > TimeSpan.Zero)
        {
            ModelState.AddModelError("", texts.Count("Account.TooMany", (int)Math.Ceiling(wait.TotalSeconds)));
            return Page();
        }
        var right = await codes.RedeemAsync(EmailCodes.Reset, email, Code, cancel);
        if (!right || await accounts.FindByEmailAsync(email) is not { Disabled: false } account)
        {
            ModelState.AddModelError(nameof(Code), texts["Account.WrongCode"]);
            return Page();
        }
        await accounts.RemovePasswordAsync(account);
        var set = await accounts.AddPasswordAsync(account, Password);
        if (!set.Succeeded)
        {
            ModelState.AddModelError(nameof(Password), texts["Account.PasswordCommon"]);
            return Page();
        }
        TempData.Remove("reset-email");
        TempData["notice"] = "Account.PasswordChanged";
        mails.SendChanged(account.Email!, account.Language);
        return RedirectToPage("SignIn");
    }
}
