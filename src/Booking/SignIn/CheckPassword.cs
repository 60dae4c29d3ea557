using Microsoft.AspNetCore.Identity;

namespace Booking.SignIn;

/// <summary>What became of a password that somebody typed.</summary>
/// <param name="Account">Set only when the password is right.</param>
/// <param name="Wait">Longer than zero: too many tries, nothing was checked.</param>
/// <param name="Busy">Too many are signing in at this moment, nothing was checked.</param>
internal sealed record PasswordOutcome(Account? Account, TimeSpan Wait, bool Busy);

/// <summary>Checks address and password. Unknown addresses, accounts without a password and disabled ones answer as a wrong password does, after the same work.</summary>
internal sealed class CheckPassword(UserManager<Account> accounts, IPasswordHasher<Account> hasher, PasswordGate gate, Throttle throttle)
{
    static string? nobodysHash;

    public async Task<PasswordOutcome> HandleAsync(HttpContext http, string email, string password, CancellationToken cancel)
    {
        var wait = await throttle.EnterAsync(email, http, cancel);
        if (wait > TimeSpan.Zero)
        {
            return new PasswordOutcome(null, wait, false);
        }
        using var place = await gate.EnterAsync(cancel);
        if (place is null)
        {
            return new PasswordOutcome(null, TimeSpan.Zero, true);
        }
        var account = await accounts.FindByEmailAsync(email);
        if (account is not { PasswordHash: not null, Disabled: false })
        {
            nobodysHash ??= hasher.HashPassword(new Account(), Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(new Account(), nobodysHash, password);
            return new PasswordOutcome(null, TimeSpan.Zero, false);
        }
        if (!await accounts.CheckPasswordAsync(account, password))
        {
            return new PasswordOutcome(null, TimeSpan.Zero, false);
        }
        await throttle.ClearAsync(email, http, cancel);
        return new PasswordOutcome(account, TimeSpan.Zero, false);
    }
}
