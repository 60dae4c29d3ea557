using Booking.Appointments;
using Booking.Availability;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Book;

/// <summary>Another time for a booking; the old one stands until the new one is taken.</summary>
internal sealed class MoveModel(
    UnitOfWork work, ManagedBookings bookings, ChangeVisit change, FreeTimeFinder finder, PracticeDirectory directory, TimeProvider clock) : PageModel
{
    private const int DaysShown = 12;

    public ManagedBooking Booking { get; private set; } = null!;

    public string Token { get; private set; } = "";

    public IReadOnlyList<FreeDay> Days { get; private set; } = [];

    public FreeDay? Day { get; private set; }

    public int MoreDays { get; private set; }

    public BookingOutcome.Gone? Gone { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, DateOnly? date, int? days, CancellationToken cancel) =>
        await LoadAsync(token, date, days, cancel) ?? Page();

    public async Task<IActionResult> OnPostAsync(string token, string start, CancellationToken cancel)
    {
        if (await bookings.FindAsync(token, cancel) is not { } booking)
        {
            return NotFound();
        }

        if (BookingAddress.Instant(start) is not { } instant)
        {
            return BadRequest();
        }

        switch (await change.MoveAsync(booking.Appointment.Id, instant, byCustomer: true, notify: true, cancel))
        {
            case BookingOutcome.Booked:
                return Redirect(BookingAddress.Manage(token) + "?moved=true");
            case BookingOutcome.Gone gone:
                Gone = gone;
                Response.StatusCode = StatusCodes.Status409Conflict;
                return await LoadAsync(token, null, null, cancel) ?? Page();
            default:
                return Redirect(BookingAddress.Manage(token));
        }
    }

    private async Task<IActionResult?> LoadAsync(string token, DateOnly? date, int? days, CancellationToken cancel)
    {
        if (await bookings.FindAsync(token, cancel) is not { } booking)
        {
            return NotFound();
        }

        (Booking, Token) = (booking, token);
        await using var db = await BookingContext.OnAsync(work, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        if (!Deadlines.MayMove(booking.Appointment, booking.Rules, now)
            || await FreeTimeFinder.OfferedAsync(db, booking.Service.Id, cancel) is not { } offered)
        {
            return Redirect(BookingAddress.Manage(token));
        }

        var practice = await directory.GetAsync(cancel);
        var all = await finder.FindAsync(
            db, offered, booking.Appointment.PractitionerId, WallTime.LocalDate(now, practice.Zone), offered.Service.HorizonDays + 1, cancel,
            except: booking.Appointment.Id);
        all = [.. all.Select(d => d with { Times = [.. d.Times.Where(t => t.Start != booking.Appointment.StartsAt)] }).Where(d => d.Times.Count > 0)];
        Day = all.FirstOrDefault(d => d.Date == date) ?? all.FirstOrDefault();
        var shown = Math.Max(Math.Clamp(days ?? DaysShown, DaysShown, 400), Day is null ? 0 : all.IndexOf(Day) + 1);
        Days = [.. all.Take(shown)];
        MoreDays = all.Count > shown ? shown + DaysShown : 0;
        return null;
    }
}
