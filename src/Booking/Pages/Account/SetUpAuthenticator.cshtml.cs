using System.ComponentModel.DataAnnotations;
using Booking.SignIn;
using Booking.Texts;
using Booking.Ui;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Npgsql;
using QRCoder;

namespace Booking.Pages.Account;

/// <summary>
/// Sets up an authenticator program: at the first sign-in of staff, or from the security page after a fresh proof of identity. The proposed key becomes
/// the account's only when a code shows that the device has it.
/// </summary>
internal sealed class SetUpAuthenticatorModel(
    PendingSignIn pending, CheckSecondFactor check, RecoveryCodes recovery, Sessions sessions, UserManager<Booking.SignIn.Account> accounts, CodeMails mails,
    IDataProtectionProvider protection, NpgsqlDataSource database, SiteInfo site, Translator texts) : PageModel
{
    readonly ITimeLimitedDataProtector protector = protection.CreateProtector("identity.totp-proposal").ToTimeLimitedDataProtector();

    [BindProperty, StringLength(12)]
    public string Code { get; set; } = "";

    /// <summary>The proposed key and the account it is for, sealed for half an hour.</summary>
    public string Proposal { get; private set; } = "";

    public string QrSvg { get; private set; } = "";

    public string KeyInGroups { get; private set; } = "";

    public IReadOnlyList<string>? RecoveryCodes { get; private set; }

    public string Next { get; private set; } = "/account/security";

    public async Task<IActionResult> OnGetAsync()
    {
        if (await WhoAsync() is not { } who)
        {
            return NotNow();
        }
        Propose(who.Account, Totp.NewKey());
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "Proposal")] string? proposal, CancellationToken cancel)
    {
        if (await WhoAsync() is not { } who)
        {
            return NotNow();
        }
        if (Key(who.Account, proposal) is not { } key)
        {
            return RedirectToPage();
        }
        if (!ModelState.IsValid || !await check.TotpAsync(who.Account, key, Code, cancel))
        {
            ModelState.AddModelError(nameof(Code), texts["Account.WrongCode"]);
            Propose(who.Account, key);
            return Page();
        }
        var account = who.Account;
        account.TotpKey = key;
        await accounts.UpdateAsync(account);
        // A new second factor ends every other session, pending ones too.
        await accounts.UpdateSecurityStampAsync(account);
        RecoveryCodes = await recovery.RenewAsync(account.Id, cancel);
        await PendingSignIn.EndAsync(HttpContext);
        await sessions.StartAsync(HttpContext, account, "password+totp", cancel);
        mails.SendChanged(account.Email!, account.Language);
        Next = who.ReturnUrl;
        return Page();
    }

    /// <summary>
    /// A member of staff between password and second factor who has none yet, or somebody signed in who has just proved her identity. A customer's
    /// second factor is her e-mail until then: a password alone must not replace it.
    /// </summary>
    async Task<(Booking.SignIn.Account Account, string ReturnUrl)?> WhoAsync()
    {
        if (HttpContext.Items[typeof(Session)] is Session session)
        {
            return sessions.IsSteppedUp(session) && await accounts.FindByIdAsync(session.AccountId.ToString()) is { } own ? (own, "/account/security") : null;
        }
        return await pending.FindAsync(HttpContext) is { Account.TotpKey: null } waiting
            && (await Accounts.RolesAsync(database, waiting.Account.Id, HttpContext.RequestAborted)).Intersect(Roles.Staff).Any() ? waiting : null;
    }

    RedirectToPageResult NotNow() => User.Identity?.IsAuthenticated == true
        ? RedirectToPage("StepUp", new { returnUrl = "/account/authenticator" })
        : RedirectToPage("SignIn");

    void Propose(Booking.SignIn.Account account, string key)
    {
        Proposal = protector.Protect($"{account.Id}|{key}", TimeSpan.FromMinutes(30));
        KeyInGroups = string.Join(' ', key.Chunk(4).Select(c => new string(c)));
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(Totp.Address(site.PracticeName, account.Email!, key), QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        QrSvg = svg.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    string? Key(Booking.SignIn.Account account, string? proposal)
    {
        try
        {
            return protector.Unprotect(proposal ?? "").Split('|') is [var id, var key] && id == account.Id.ToString() ? key : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Too old, or not ours: a new key is proposed.
            return null;
        }
    }
}
