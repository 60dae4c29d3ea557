using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>A fresh proof of identity before address, password or second factor are changed.</summary>
internal sealed class StepUpModel(
    UserManager<Booking.SignIn.Account> accounts, CheckPassword password, CheckSecondFactor second, Sessions sessions, Translator texts) : PageModel
{
    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    [BindProperty, StringLength(20)]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public bool WithCode { get; private set; }

    public async Task OnGetAsync() => WithCode = (await AccountAsync()).TotpKey is not null;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var account = await AccountAsync();
        WithCode = account.TotpKey is not null;
        if (!ModelState.IsValid)
        {
            return Page();
        }
        var outcome = await password.HandleAsync(HttpContext, account.Email!, Password, cancel);
        var right = outcome.Account is not null && (!WithCode || (await second.HandleAsync(HttpContext, account, Code ?? "", cancel)).Right);
        if (!right)
        {
            ModelState.AddModelError("", outcome.Wait > TimeSpan.Zero
                ? texts.Count("Account.TooMany", (int)Math.Ceiling(outcome.Wait.TotalSeconds)) : texts["Account.WrongProof"]);
            return Page();
        }
        await sessions.StepUpAsync(((Session)HttpContext.Items[typeof(Session)]!).Id, cancel);
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/account/security");
    }

    async Task<Booking.SignIn.Account> AccountAsync() =>
        (await accounts.FindByIdAsync(((Session)HttpContext.Items[typeof(Session)]!).AccountId.ToString()))!;
}
