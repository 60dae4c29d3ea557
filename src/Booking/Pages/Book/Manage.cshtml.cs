using System.Text;
using Booking.Appointments;
using Booking.Messages;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Book;

/// <summary>The booking behind a link: seen, put into a calendar, cancelled until the deadline.</summary>
internal sealed class ManageModel(
    ManagedBookings bookings, ChangeVisit change, PracticeDirectory directory, AppointmentMails mails, TimeProvider clock) : PageModel
{
    public ManagedBooking Booking { get; private set; } = null!;

    public string Token { get; private set; } = "";

    public bool Done { get; private set; }

    public bool Moved { get; private set; }

    /// <summary>She stepped back to the pages that the booking was made on.</summary>
    public bool Again { get; private set; }

    public bool AskCancel { get; private set; }

    public bool MayCancel { get; private set; }

    public bool MayMove { get; private set; }

    public bool IsPast { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, bool done, bool moved, bool again, bool cancel, CancellationToken aborted)
    {
        if (!await LoadAsync(token, aborted))
        {
            return NotFound();
        }

        (Done, Moved, Again, AskCancel) = (done, moved, again, cancel && MayCancel);
        return Page();
    }

    public async Task<IActionResult> OnPostCancelAsync(string token, CancellationToken aborted)
    {
        if (!await LoadAsync(token, aborted))
        {
            return NotFound();
        }

        var outcome = await change.CancelAsync(Booking.Appointment.Id, CancelledBy.Customer, notify: true, aborted);
        if (outcome is BookingOutcome.Booked)
        {
            return Redirect(BookingAddress.Manage(token));
        }

        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }

    public async Task<IActionResult> OnGetCalendarAsync(string token, CancellationToken aborted)
    {
        if (!await LoadAsync(token, aborted))
        {
            return NotFound();
        }

        var practice = await directory.GetAsync(aborted);
        var content = mails.Calendar(Booking.Appointment, null, Booking.Rules, practice, clock.GetUtcNow().UtcDateTime).Content;
        return File(Encoding.UTF8.GetBytes(content), "text/calendar; charset=utf-8", "visit.ics");
    }

    private async Task<bool> LoadAsync(string token, CancellationToken aborted)
    {
        if (await bookings.FindAsync(token, aborted) is not { } booking)
        {
            return false;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        (Booking, Token) = (booking, token);
        MayCancel = Deadlines.MayCancel(booking.Appointment, booking.Rules, now);
        MayMove = Deadlines.MayMove(booking.Appointment, booking.Rules, now) && booking.Service is { Active: true, Online: true };
        IsPast = booking.Appointment.EndsAt <= now;
        return true;
    }
}
