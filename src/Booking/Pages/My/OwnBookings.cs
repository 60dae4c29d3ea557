using Booking.Appointments;
using Booking.Customers;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.My;

/// <summary>A coming booking as its customer sees it.</summary>
/// <param name="Service">Null where only the e-mail address matches: which treatment it is would be of health.</param>
/// <param name="Link">Where it is seen, moved and cancelled.</param>
internal sealed record OwnBooking(DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? Service, string Link);

/// <summary>
/// The coming bookings of the signed-in customer: those of her own card, and those of cards with the address that her account has verified. The
/// address shows nothing else of such a card.
/// </summary>
internal sealed class OwnBookings(
    UnitOfWork work, CurrentUser user, UserManager<SignIn.Account> accounts, CustomerCards cards, AppointmentLinks links, AccessLog log, TimeProvider clock)
{
    public async Task<IReadOnlyList<OwnBooking>> FindAsync(string language, CancellationToken cancel)
    {
        var account = await accounts.FindByIdAsync(user.UserId.ToString()!);
        var own = Guid.TryParse(user.PatientId, out var card) ? card : Guid.Empty;
        var rows = await ReadAsync(account is { EmailConfirmed: true, Email: { } email } ? email : null, own, cancel);
        await work.RollbackAsync();
        if (rows.Count > 0)
        {
            await log.RecordAsync(
                new AccessEntry
                {
                    Interaction = "search",
                    ResourceType = "Appointment",
                    PatientIds = [.. rows.Select(r => r.Appointment.CustomerId.ToString()).Distinct()],
                    Purpose = "patient_request",
                    Detail = "own bookings",
                },
                cancel);
        }

        return [.. rows.Select(r => new OwnBooking(
            new DateTimeOffset(r.Appointment.StartsAt), new DateTimeOffset(r.Appointment.EndsAt),
            r.Appointment.CustomerId == own ? r.Service.Name(language) : null, Book.BookingAddress.Manage(links.Token(r.Appointment.Id))))];
    }

    private async Task<List<(Appointment Appointment, Services.Service Service)>> ReadAsync(string? email, Guid own, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        List<Guid> ids = [own, .. email is null ? [] : await cards.WithEmailAsync(db, email, cancel)];
        var rows = await (
            from a in db.Appointments.AsNoTracking()
            join s in db.Services.AsNoTracking() on a.ServiceId equals s.Id
            where ids.Contains(a.CustomerId) && a.EndsAt > now && (a.Status == AppointmentStatus.Booked || a.Status == AppointmentStatus.Arrived)
            orderby a.StartsAt
            select new { a, s }).ToListAsync(cancel);
        return rows.ConvertAll(r => (r.a, r.s));
    }
}
