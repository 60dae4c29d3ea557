using System.ComponentModel.DataAnnotations;
using Booking.Messages;
using Booking.SignIn;
using Booking.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>Passkeys, authenticator, password, address and sessions of the person signed in. What changes how one signs in asks for a fresh proof of identity.</summary>
internal sealed class SecurityModel(
    UserManager<Booking.SignIn.Account> accounts, SignInManager<Booking.SignIn.Account> passkeys, Sessions sessions, RecoveryCodes recovery, EmailCodes codes,
    CodeMails mails, PasswordGate gate, Throttle throttle, Translator texts, ILogger<SecurityModel> logger) : PageModel
{
    [BindProperty, StringLength(PasswordRules.Longest)]
    public string? NewPassword { get; set; }

    [BindProperty, StringLength(254), EmailAddress]
    public string? NewEmail { get; set; }

    [BindProperty, StringLength(20)]
    public string? Code { get; set; }

    public string Email { get; private set; } = "";

    public string? Notice { get; private set; }

    public string? WaitingEmail { get; private set; }

    public bool IsSteppedUp { get; private set; }

    public bool HasAuthenticator { get; private set; }

    public int RecoveryLeft { get; private set; }

    public Guid Current => Session.Id;

    public IList<UserPasskeyInfo> Passkeys { get; private set; } = [];

    internal IReadOnlyList<SessionLine> Lines { get; private set; } = [];

    Session Session => (Session)HttpContext.Items[typeof(Session)]!;

    public async Task OnGetAsync(CancellationToken cancel) => await FillAsync(await AccountAsync(), cancel);

    public async Task<IActionResult> OnPostPasskeyOptionsAsync()
    {
        if (!sessions.IsSteppedUp(Session))
        {
            return Forbid();
        }
        var account = await AccountAsync();
        var options = await passkeys.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.Email!, DisplayName = account.PersonName });
        return Content(options, "application/json");
    }

    public async Task<IActionResult> OnPostAddPasskeyAsync(string credential, CancellationToken cancel)
    {
        var account = await AccountAsync();
        var result = sessions.IsSteppedUp(Session) && credential is { Length: > 0 and < 40_000 }
            ? await passkeys.PerformPasskeyAttestationAsync(credential) : null;
        if (result is not { Succeeded: true } || result.UserEntity.Id != account.Id.ToString())
        {
            logger.LogInformation("A passkey was not added: {Reason}", result?.Failure?.Message ?? "no fresh proof of identity");
            return await RefuseAsync(account, "", texts["Account.PasskeyFailed"], cancel);
        }
        result.Passkey.Name = Sessions.Browser(Request.Headers.UserAgent.ToString());
        await accounts.AddOrUpdatePasskeyAsync(account, result.Passkey);
        mails.SendChanged(account.Email!, account.Language);
        return Done("Account.PasskeyAdded");
    }

    public async Task<IActionResult> OnPostRemovePasskeyAsync(string id)
    {
        if (!sessions.IsSteppedUp(Session))
        {
            return Confirm();
        }
        var account = await AccountAsync();
        await accounts.RemovePasskeyAsync(account, Convert.FromHexString(id is { Length: < 2048 } && id.All(char.IsAsciiHexDigit) && id.Length % 2 == 0 ? id : ""));
        return Done("Account.PasskeyRemoved");
    }

    public async Task<IActionResult> OnPostPasswordAsync(CancellationToken cancel)
    {
        var account = await AccountAsync();
        if (!sessions.IsSteppedUp(Session))
        {
            return Confirm();
        }
        if (PasswordRules.Fault(NewPassword ?? "", account.Email, account.PersonName) is { } fault)
        {
            return await RefuseAsync(account, nameof(NewPassword), texts.Get(fault), cancel);
        }
        using (var place = await gate.EnterAsync(cancel))
        {
            if (place is null)
            {
                return await RefuseAsync(account, nameof(NewPassword), texts.Count("Account.TooMany", 5), cancel);
            }
            await accounts.RemovePasswordAsync(account);
            await accounts.AddPasswordAsync(account, NewPassword!);
        }
        return await ChangedAsync(account, "Account.PasswordChanged", cancel);
    }

    public async Task<IActionResult> OnPostEmailAsync(CancellationToken cancel)
    {
        var account = await AccountAsync();
        if (!sessions.IsSteppedUp(Session))
        {
            return Confirm();
        }
        if (NewEmail is null || !MailAddresses.IsUsable(NewEmail))
        {
            return await RefuseAsync(account, nameof(NewEmail), texts["Validation.Email"], cancel);
        }
        if (await throttle.EnterAsync("change-address|" + account.Id, HttpContext, cancel) > TimeSpan.Zero)
        {
            return await RefuseAsync(account, nameof(NewEmail), texts["Account.TooManyCodes"], cancel);
        }
        if (await codes.IssueAsync(EmailCodes.ChangeAddress, NewEmail, cancel) is { } code && await accounts.FindByEmailAsync(NewEmail) is null)
        {
            mails.SendCode(NewEmail, account.Language, code);
        }
        TempData["new-email"] = NewEmail.Trim();
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEmailCodeAsync(CancellationToken cancel)
    {
        var account = await AccountAsync();
        if (!sessions.IsSteppedUp(Session) || TempData.Peek("new-email") is not string address)
        {
            return Confirm();
        }
        if (!await codes.RedeemAsync(EmailCodes.ChangeAddress, address, Code ?? "", cancel))
        {
            return await RefuseAsync(account, nameof(Code), texts["Account.WrongCode"], cancel);
        }
        var old = account.Email!;
        account.Email = address;
        account.EmailConfirmed = true;
        if (!(await accounts.UpdateAsync(account)).Succeeded)
        {
            return await RefuseAsync(account, nameof(Code), texts["Account.WrongCode"], cancel);
        }
        TempData.Remove("new-email");
        mails.SendChanged(old, account.Language);
        return await ChangedAsync(account, "Account.EmailChanged", cancel);
    }

    public async Task<IActionResult> OnPostEndAsync(Guid id, CancellationToken cancel)
    {
        await sessions.EndAsync(Session.AccountId, id, cancel);
        return Done("Account.SessionEnded");
    }

    public async Task<IActionResult> OnPostEndAllAsync(CancellationToken cancel)
    {
        await sessions.EndAllAsync(Session.AccountId, cancel);
        await HttpContext.SignOutAsync(Sessions.Scheme);
        return RedirectToPage("SignIn");
    }

    /// <summary>Every other session ends with the old stamp; this one goes on under a new id.</summary>
    async Task<IActionResult> ChangedAsync(Booking.SignIn.Account account, string notice, CancellationToken cancel)
    {
        await accounts.UpdateSecurityStampAsync(account);
        await sessions.StartAsync(HttpContext, account, "password", cancel);
        mails.SendChanged(account.Email!, account.Language);
        return Done(notice);
    }

    async Task<PageResult> RefuseAsync(Booking.SignIn.Account account, string field, string message, CancellationToken cancel)
    {
        ModelState.AddModelError(field, message);
        await FillAsync(account, cancel);
        return Page();
    }

    RedirectToPageResult Done(string notice)
    {
        TempData["notice"] = notice;
        return RedirectToPage();
    }

    RedirectToPageResult Confirm() => RedirectToPage("StepUp", new { returnUrl = "/account/security" });

    async Task FillAsync(Booking.SignIn.Account account, CancellationToken cancel)
    {
        Email = account.Email!;
        Notice = TempData["notice"] as string;
        WaitingEmail = TempData.Peek("new-email") as string;
        IsSteppedUp = sessions.IsSteppedUp(Session);
        HasAuthenticator = account.TotpKey is not null;
        RecoveryLeft = await recovery.CountAsync(account.Id, cancel);
        Passkeys = await accounts.GetPasskeysAsync(account);
        Lines = await sessions.OpenAsync(account.Id, cancel);
    }

    async Task<Booking.SignIn.Account> AccountAsync() => (await accounts.FindByIdAsync(Session.AccountId.ToString()))!;
}
