using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Booking.SignIn;

/// <summary>An account of the demonstration practice, printed at start.</summary>
public sealed record DemoAccount(string Email, string PersonName, IReadOnlyList<string> Roles, string Password, string? TotpKey, Guid? PractitionerId = null);

/// <summary>The accounts that the demo switch of this process has made ready, for the page that shows their codes; empty without the switch.</summary>
public sealed class DemoRoster
{
    public IReadOnlyList<DemoAccount> Accounts { get; internal set; } = [];
}

/// <summary>
/// Makes ready-to-use accounts with known secrets. Called by the demo switch only, which must refuse anything but a simulated environment. Accounts
/// that exist stay as they are. Call it with the running application's services: /dev/codes then shows the current codes.
/// </summary>
public sealed class SeedDemoAccounts(UserManager<Account> accounts, NpgsqlDataSource database, DemoRoster roster, TimeProvider clock)
{
    public async Task HandleAsync(IReadOnlyList<DemoAccount> wanted, CancellationToken cancel)
    {
        roster.Accounts = [.. roster.Accounts, .. wanted];
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
