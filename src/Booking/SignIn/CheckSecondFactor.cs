using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Booking.SignIn;

internal sealed record SecondFactorOutcome(bool Right, string Method, TimeSpan Wait);

/// <summary>Checks a TOTP code (once per time step) or a recovery code; without an authenticator the code sent by e-mail.</summary>
internal sealed class CheckSecondFactor(
    UserManager<Account> accounts, EmailCodes codes, RecoveryCodes recovery, Throttle throttle, NpgsqlDataSource database, TimeProvider clock)
{
    public async Task<SecondFactorOutcome> HandleAsync(HttpContext http, Account account, string code, CancellationToken cancel)
    {
        var subject = "second-factor|" + account.Id;
        var wait = await throttle.EnterAsync(subject, http, cancel);
        if (wait > TimeSpan.Zero)
        {
            return new(false, "", wait);
        }
        var method = account.TotpKey is null
            ? await codes.RedeemAsync(EmailCodes.SignIn, account.Email!, code, cancel) ? "password+email" : null
            : await TotpAsync(account, account.TotpKey, code, cancel) ? "password+totp"
            : code.Any(char.IsAsciiLetter) && await recovery.RedeemAsync(account.Id, code, cancel) ? "password+recovery" : null;
        if (method is null)
        {
            return new(false, "", TimeSpan.Zero);
        }
        await throttle.ClearAsync(subject, http, cancel);
        if (!account.EmailConfirmed && method == "password+email")
        {
            account.EmailConfirmed = true;
            await accounts.UpdateAsync(account);
        }
        return new(true, method, TimeSpan.Zero);
    }

    /// <summary>The same for a key that is being set up and is not the account's yet.</summary>
    public async Task<bool> TotpAsync(Account account, string key, string code, CancellationToken cancel)
    {
        if (Totp.Accept(key, code, clock.GetUtcNow(), account.TotpLastStep) is not { } step)
        {
            return false;
        }
        // Two requests with the same code at once: the database lets one through.
        await using var use = database.CreateCommand("update identity.account set totp_last_step = $2 where id = $1 and totp_last_step < $2");
        use.With(account.Id, step);
        account.TotpLastStep = step;
        return await use.ExecuteNonQueryAsync(cancel) == 1;
    }
}
