using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Address and password, or a passkey. What is wrong is never told apart.</summary>
internal sealed class SignInModel(CheckPassword check, SignInManager<Booking.SignIn.Account> passkeys, UserManager<Booking.SignIn.Account> accounts, Sessions sessions,
    Translator texts, ILogger<SignInModel> logger) : PageModel
{
    [BindProperty, StringLength(254), EmailAddress]
    public string Email { get; set; } = "";

    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>The person was at work here and comes back.</summary>
    public bool Expired => HttpContext.Items.ContainsKey(typeof(SessionCookie));

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid)
        {
            return Page();
        }
        var outcome = await check.HandleAsync(HttpContext, Email, Password, cancel);
        if (outcome.Account is { } account)
        {
            await PendingSignIn.BeginAsync(HttpContext, account, ReturnUrls.Safe(Url, ReturnUrl));
            return RedirectToPage("SecondFactor");
        }
        if (outcome.Wait > TimeSpan.Zero || outcome.Busy)
        {
            return TooMany(outcome.Busy ? TimeSpan.FromSeconds(5) : outcome.Wait);
        }
        ModelState.AddModelError(nameof(Email), texts["Account.Wrong"]);
        return Page();
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync() =>
        Content(await passkeys.MakePasskeyRequestOptionsAsync(null!), "application/json");

    public async Task<IActionResult> OnPostPasskeyAsync(string credential, CancellationToken cancel)
    {
        ModelState.Clear();
        var result = credential is { Length: > 0 and < 20_000 } ? await passkeys.PerformPasskeyAssertionAsync(credential) : null;
        if (result is not { Succeeded: true, User.Disabled: false })
        {
            logger.LogInformation("A passkey was refused: {Reason}", result?.Failure?.Message ?? "disabled account or malformed credential");
            ModelState.AddModelError("", texts["Account.PasskeyFailed"]);
            return Page();
        }
        await accounts.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        await sessions.StartAsync(HttpContext, result.User, "passkey", cancel);
        return LocalRedirect(ReturnUrls.Safe(Url, ReturnUrl));
    }

    PageResult TooMany(TimeSpan wait)
    {
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        ModelState.AddModelError("", texts.Count("Account.TooMany", (int)Math.Ceiling(wait.TotalSeconds)));
        return Page();
    }
}
