using Booking.SignIn;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Identity;

namespace Booking.Pages.Customers;

/// <summary>The account that sees this card's data, as its owner named it, and links that were ended before.</summary>
internal sealed record LinkedAccount(Guid? Id, string Name, string? Email, DateTimeOffset LinkedAt, IReadOnlyList<EndedLinkFacts> Ended)
{
    /// <summary>Null when no account has ever been linked to the card.</summary>
    public static async Task<LinkedAccount?> ReadAsync(
        UnitOfWork work, EndPortalLink links, UserManager<SignIn.Account> accounts, string patientId, CancellationToken cancel)
    {
        var link = await EndPortalLink.FindAsync(work, patientId, cancel);
        var ended = await links.OfPatientAsync(patientId, cancel);
        if (link is null)
        {
            return ended.Count > 0 ? new LinkedAccount(null, "", null, default, ended) : null;
        }

        var account = await accounts.FindByIdAsync(link.UserId.ToString());
        return new LinkedAccount(link.UserId, account?.PersonName ?? "", account?.Email, link.LinkedAt, ended);
    }
}
