using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Booking.SignIn;

/// <summary>An account of the demonstration practice, printed at start.</summary>
public sealed record DemoAccount(string Email, string PersonName, IReadOnlyList<string> Roles, string Password, string? TotpKey, Guid? PractitionerId = null);

/// <summary>
/// Makes ready-to-use accounts with known secrets. Called by the demo switch only, which must refuse anything but a simulated environment. Accounts
/// that exist stay as they are.
/// </summary>
public sealed class SeedDemoAccounts(UserManager<Account> accounts, NpgsqlDataSource database, TimeProvider clock)
{
    public async Task HandleAsync(IEnumerable<DemoAccount> wanted, CancellationToken cancel)
    {
        foreach (var demo in wanted)
        {
            if (await accounts.FindByEmailAsync(demo.Email) is not null)
            {
                continue;
            }
            var account = Accounts.New(demo.Email, demo.PersonName, "fi", clock);
            account.EmailConfirmed = true;
            account.TotpKey = demo.TotpKey;
            account.PractitionerId = demo.PractitionerId;
            var made = await accounts.CreateAsync(account, demo.Password);
            if (!made.Succeeded)
            {
                throw new InvalidOperationException($"The demo account {demo.Email} was refused: {string.Join(", ", made.Errors.Select(e => e.Code))}");
            }
            await Accounts.GiveRolesAsync(database, account.Id, demo.Roles, cancel);
        }
    }
}
