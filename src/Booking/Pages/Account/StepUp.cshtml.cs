using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>A fresh proof of identity before address, password or second factor are changed.</summary>
internal sealed class StepUpModel(
    UserManager<Booking.SignIn.Account> accounts, SignInManager<Booking.SignIn.Account> passkeys, CheckPassword password, CheckSecondFactor second,
    Sessions sessions, Translator texts, ILogger<StepUpModel> logger) : PageModel
{
    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    [BindProperty, StringLength(20)]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public bool WithCode { get; private set; }

    public bool WithPasskey { get; private set; }

    public async Task OnGetAsync() => await FillAsync(await AccountAsync());

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var account = await AccountAsync();
        await FillAsync(account);
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
        return await DoneAsync(cancel);
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync() =>
        Content(await passkeys.MakePasskeyRequestOptionsAsync(await AccountAsync()), "application/json");

    public async Task<IActionResult> OnPostPasskeyAsync(string credential, CancellationToken cancel)
    {
        ModelState.Clear();
        var account = await AccountAsync();
        var result = credential is { Length: > 0 and < 20_000 } ? await passkeys.PerformPasskeyAssertionAsync(credential) : null;
        // Another person's passkey proves another person's identity.
        if (result is not { Succeeded: true } || result.User.Id != account.Id)
        {
            logger.LogInformation("A passkey did not confirm an identity: {Reason}", result?.Failure?.Message ?? "another account or malformed credential");
            ModelState.AddModelError("", texts["Account.PasskeyFailed"]);
            await FillAsync(account);
            return Page();
        }
        await accounts.AddOrUpdatePasskeyAsync(account, result.Passkey);
        return await DoneAsync(cancel);
    }

    async Task<IActionResult> DoneAsync(CancellationToken cancel)
    {
        await sessions.StepUpAsync(((Session)HttpContext.Items[typeof(Session)]!).Id, cancel);
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/account/security");
    }

    async Task FillAsync(Booking.SignIn.Account account)
    {
        WithCode = account.TotpKey is not null;
        WithPasskey = (await accounts.GetPasskeysAsync(account)).Count > 0;
    }

    async Task<Booking.SignIn.Account> AccountAsync() =>
        (await accounts.FindByIdAsync(((Session)HttpContext.Items[typeof(Session)]!).AccountId.ToString()))!;
}
