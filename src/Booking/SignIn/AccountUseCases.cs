using Booking.Messages;
using CareRecords.Database;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Booking.SignIn;

/// <summary>A member of staff to be.</summary>
public sealed record StaffInvitation
{
    public required string Email { get; init; }
    public required string PersonName { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }
    public Guid? PractitionerId { get; init; }
    public string Language { get; init; } = "fi";
}

/// <summary>
/// Makes an account without a password and a one-time code with which its owner sets one at /account/invitation. It never changes an existing
/// account: null when the address has one already.
/// </summary>
public sealed class InviteStaff(UserManager<Account> accounts, NpgsqlDataSource database, TimeProvider clock)
{
    internal const string TokenPurpose = "invitation";

    public async Task<(Guid AccountId, string Code)?> HandleAsync(StaffInvitation invitation, CancellationToken cancel)
    {
        if (invitation.Roles.Count == 0 || invitation.Roles.Except(Roles.Staff).Any() || !MailAddresses.IsUsable(invitation.Email))
        {
            throw new ArgumentException("An invitation needs a usable e-mail address and roles of staff.", nameof(invitation));
        }
        var account = Accounts.New(invitation.Email, invitation.PersonName, invitation.Language, clock);
        account.PractitionerId = invitation.PractitionerId;
        var made = await accounts.CreateAsync(account);
        if (!made.Succeeded)
        {
            return null;
        }
        await Accounts.GiveRolesAsync(database, account.Id, invitation.Roles, cancel);
        return (account.Id, await accounts.GenerateUserTokenAsync(account, SignInRegistration.InvitationProvider, TokenPurpose));
    }
}

/// <summary>The administrator of an empty installation: null when there is any account already.</summary>
public sealed class CreateFirstAdministrator(InviteStaff invite, NpgsqlDataSource database)
{
    public async Task<string?> HandleAsync(string email, string personName, CancellationToken cancel)
    {
        await using var any = database.CreateCommand("select exists (select from identity.account)");
        if ((bool)(await any.ExecuteScalarAsync(cancel))!)
        {
            return null;
        }
        var invited = await invite.HandleAsync(
            new StaffInvitation { Email = email, PersonName = personName, Roles = [Roles.Administrator, Roles.PrivacyOfficer] }, cancel);
        return invited?.Code;
    }
}

/// <summary>
/// Links a customer's account to a card, in the caller's transaction; the caller has checked the identity (a one-time code handed over at a visit, or
/// strong identification). False when the account or the card is linked already.
/// </summary>
public static class LinkAccount
{
    public static async Task<bool> HandleAsync(UnitOfWork work, Guid accountId, string patientId, CancellationToken cancel) =>
        await work.ExecuteAsync("""
            update identity.account set patient_id = $2
            where id = $1 and patient_id is null and not exists (select from identity.account o where o.patient_id = $2)
            """, cancel, accountId, patientId) == 1;
}

/// <summary>Takes the card from the account again, in the caller's transaction: the account's next page shows nothing of it.</summary>
public static class UnlinkAccount
{
    public static Task HandleAsync(UnitOfWork work, Guid accountId, string patientId, CancellationToken cancel) =>
        work.ExecuteAsync("update identity.account set patient_id = null where id = $1 and patient_id = $2", cancel, accountId, patientId).AsTask();
}

internal static class Accounts
{
    public static Account New(string email, string personName, string language, TimeProvider clock)
    {
        var id = Guid.CreateVersion7();
        return new Account
        {
            Id = id,
            UserName = id.ToString("N"),
            Email = email.Trim(),
            PersonName = personName.Trim(),
            Language = language,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
    }

    public static async Task GiveRolesAsync(NpgsqlDataSource database, Guid accountId, IReadOnlyList<string> roles, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("insert into identity.account_role select $1, unnest($2) on conflict do nothing");
        command.With(accountId, roles.ToArray());
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<IReadOnlyList<string>> RolesAsync(NpgsqlDataSource database, Guid accountId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select array(select role from identity.account_role where account_id = $1 order by role)");
        command.With(accountId);
        return (string[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
