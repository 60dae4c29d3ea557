using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Npgsql;

namespace Booking.Pages.Account;

/// <summary>
/// The code proves the address; name and password make the account, and the code is the second factor of its first session. An existing account is
/// never changed here: for its address no code was sent.
/// </summary>
internal sealed class RegisterCodeModel(
    UserManager<Booking.SignIn.Account> accounts, EmailCodes codes, Sessions sessions, PasswordGate gate, Throttle throttle, NpgsqlDataSource database,
    TimeProvider clock, Translator texts) : PageModel
{
    [BindProperty, StringLength(20)]
    public string Code { get; set; } = "";

    [BindProperty, StringLength(120)]
    public string PersonName { get; set; } = "";

    [BindProperty, StringLength(PasswordRules.Longest)]
    public string Password { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Comes from the step before, in an encrypted cookie; never from this form.</summary>
    public string Email { get; private set; } = "";

    public IActionResult OnGet() => FindEmail() ? Page() : RedirectToPage("Register");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!FindEmail())
        {
            return RedirectToPage("Register");
        }
        if (ModelState.IsValid && PasswordRules.Fault(Password, Email, PersonName) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), texts.Get(fault));
        }
        if (!ModelState.IsValid)
        {
            return Page();
        }
        using var place = await gate.EnterAsync(cancel);
        var wait = place is null ? TimeSpan.FromSeconds(5) : await throttle.EnterAsync("register-code|" + Email, HttpContext, cancel);
        if (wait > TimeSpan.Zero)
        {
            ModelState.AddModelError("", texts.Count("Account.TooMany", (int)Math.Ceiling(wait.TotalSeconds)));
            return Page();
        }
        if (!await codes.RedeemAsync(EmailCodes.Register, Email, Code, cancel))
        {
            ModelState.AddModelError(nameof(Code), texts["Account.WrongCode"]);
            return Page();
        }
        var account = Accounts.New(Email, PersonName, texts.Language, clock);
        account.EmailConfirmed = true;
        var made = await accounts.CreateAsync(account, Password);
        if (!made.Succeeded)
        {
            ModelState.AddModelError("", texts["Account.WrongCode"]);
            return Page();
        }
        await Accounts.GiveRolesAsync(database, account.Id, [Roles.Customer], cancel);
        TempData.Remove("register-email");
        await sessions.StartAsync(HttpContext, account, "password+email", cancel);
        return LocalRedirect(ReturnUrls.Safe(Url, ReturnUrl));
    }

    bool FindEmail()
    {
        Email = TempData.Peek("register-email") as string ?? "";
        return Email.Length > 0;
    }
}
