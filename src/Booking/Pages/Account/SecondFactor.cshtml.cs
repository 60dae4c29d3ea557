using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Npgsql;

namespace Booking.Pages.Account;

/// <summary>The second factor after a password: TOTP or a recovery code; for a customer without an authenticator a code by e-mail.</summary>
internal sealed class SecondFactorModel(
    PendingSignIn pending, CheckSecondFactor check, EmailCodes codes, CodeMails mails, Sessions sessions, NpgsqlDataSource database, Translator texts) : PageModel
{
    [BindProperty, StringLength(20)]
    public string Code { get; set; } = "";

    public bool ByEmail { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await pending.FindAsync(HttpContext) is not { } waiting)
        {
            return RedirectToPage("SignIn");
        }
        if (waiting.Account.TotpKey is null && await IsStaffAsync(waiting.Account.Id, cancel))
        {
            return RedirectToPage("SetUpAuthenticator");
        }
        ByEmail = waiting.Account.TotpKey is null;
        // Opening the page again, or in another language, does not send another code; the button does.
        if (ByEmail && TempData.Peek("code-sent") as string != waiting.Account.Id.ToString())
        {
            await SendAsync(waiting.Account, cancel);
        }
        return Page();
    }

    public async Task<IActionResult> OnPostAgainAsync(CancellationToken cancel)
    {
        if (await pending.FindAsync(HttpContext) is not { Account.TotpKey: null } waiting || await IsStaffAsync(waiting.Account.Id, cancel))
        {
            return RedirectToPage("SignIn");
        }
        await SendAsync(waiting.Account, cancel);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await pending.FindAsync(HttpContext) is not { } waiting)
        {
            return RedirectToPage("SignIn");
        }
        ByEmail = waiting.Account.TotpKey is null;
        if (ByEmail && await IsStaffAsync(waiting.Account.Id, cancel))
        {
            return RedirectToPage("SetUpAuthenticator");
        }
        if (!ModelState.IsValid)
        {
            return Page();
        }
        var outcome = await check.HandleAsync(HttpContext, waiting.Account, Code, cancel);
        if (!outcome.Right)
        {
            ModelState.AddModelError(nameof(Code), outcome.Wait > TimeSpan.Zero
                ? texts.Count("Account.TooMany", (int)Math.Ceiling(outcome.Wait.TotalSeconds)) : texts["Account.WrongCode"]);
            return Page();
        }
        TempData.Remove("code-sent");
        await PendingSignIn.EndAsync(HttpContext);
        await sessions.StartAsync(HttpContext, waiting.Account, outcome.Method, cancel);
        return LocalRedirect(waiting.ReturnUrl);
    }

    async Task SendAsync(Booking.SignIn.Account account, CancellationToken cancel)
    {
        if (await codes.IssueAsync(EmailCodes.SignIn, account.Email!, cancel) is { } code)
        {
            mails.SendCode(account.Email!, account.Language, code);
        }
        TempData["code-sent"] = account.Id.ToString();
    }

    async Task<bool> IsStaffAsync(Guid id, CancellationToken cancel) =>
        (await Accounts.RolesAsync(database, id, cancel)).Intersect(Roles.Staff).Any();
}
