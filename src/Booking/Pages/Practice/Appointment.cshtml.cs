using System.ComponentModel.DataAnnotations;
using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Services;
using Booking.Texts;
using Booking.Treatments;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Practice;

/// <summary>One booking for staff: who, when, what she wrote; arrived, no-show, moved, cancelled.</summary>
internal sealed class AppointmentModel(
    UnitOfWork work, PracticeDirectory directory, CustomerCards cards, FieldCipher cipher, ChangeVisit change, ArchiveStates archive, AccessLog log, Translator texts) : PageModel
{
    internal sealed class MoveInput
    {
        [Required]
        public DateOnly? Date { get; set; }

        [Required]
        public TimeOnly? Time { get; set; }

        public bool Notify { get; set; }
    }

    [BindProperty]
    public MoveInput Move { get; set; } = new();

    [BindProperty]
    public bool Notify { get; set; }

    /// <summary>Cancelled because it never was.</summary>
    [BindProperty]
    public bool Mistake { get; set; }

    /// <summary>How far it has come on its way to the archive; null: it does not go there.</summary>
    internal ArchiveState? State { get; private set; }

    public Appointment Appointment { get; private set; } = null!;

    public Service Service { get; private set; } = null!;

    public Practitioner Practitioner { get; private set; } = null!;

    public CustomerCard Card { get; private set; } = null!;

    public string? Message { get; private set; }

    public IReadOnlyList<FreeTime> Nearest { get; private set; } = [];

    public bool IsTaken { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await LoadAsync(id, cancel) ? Page() : NotFound();

    /// <summary>The state alone, which a page that is open asks for again.</summary>
    public async Task<IActionResult> OnGetStateAsync(Guid id, CancellationToken cancel) =>
        await archive.OfAppointmentAsync(id, cancel) is { } state ? Partial("_ArchiveState", state) : NotFound();

    public Task<IActionResult> OnPostArrivedAsync(Guid id, CancellationToken cancel) => RecordAsync(id, AppointmentStatus.Arrived, cancel);

    public Task<IActionResult> OnPostNoShowAsync(Guid id, CancellationToken cancel) => RecordAsync(id, AppointmentStatus.NoShow, cancel);

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancel) =>
        await change.CancelAsync(id, CancelledBy.Practice, Notify, cancel, Mistake) is BookingOutcome.Booked ? Redirect($"/practice/appointment/{id}") : NotFound();

    public async Task<IActionResult> OnPostMoveAsync(Guid id, CancellationToken cancel)
    {
        if (!ModelState.IsValid)
        {
            return await LoadAsync(id, cancel) ? Page() : NotFound();
        }

        var practice = await directory.GetAsync(cancel);
        var start = WallTime.ToInstant(Move.Date!.Value, Move.Time!.Value, practice.Zone);
        switch (await change.MoveAsync(id, start, byCustomer: false, Move.Notify, cancel))
        {
            case BookingOutcome.Booked:
                return Redirect($"/practice/appointment/{id}");
            case BookingOutcome.Gone gone:
                Nearest = gone.Nearest;
                IsTaken = true;
                ModelState.AddModelError("Move.Time", texts["Book.Gone.Taken"]);
                Response.StatusCode = StatusCodes.Status409Conflict;
                await work.RollbackAsync();
                return await LoadAsync(id, cancel) ? Page() : NotFound();
            default:
                return NotFound();
        }
    }

    private async Task<IActionResult> RecordAsync(Guid id, AppointmentStatus status, CancellationToken cancel) =>
        await change.RecordAsync(id, status, cancel) ? Redirect($"/practice/appointment/{id}") : NotFound();

    public bool HidesContacts => Card.Row.NonDisclosure;

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            if (await db.Appointments.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancel) is not { } appointment)
            {
                return false;
            }

            Appointment = appointment;
            Service = await db.Services.AsNoTracking().SingleAsync(s => s.Id == appointment.ServiceId, cancel);
            Practitioner = await db.Practitioners.AsNoTracking().SingleAsync(p => p.Id == appointment.PractitionerId, cancel);
            Card = await cards.ReadAsync(await db.Customers.AsNoTracking().SingleAsync(c => c.Id == appointment.CustomerId, cancel), cancel);
        }

        State = await archive.OfAppointmentAsync(id, cancel);
        await work.RollbackAsync();
        await log.RecordAsync(
            new AccessEntry
            {
                Interaction = "read",
                ResourceType = "Appointment",
                ResourceId = id.ToString(),
                ResourceVersion = Appointment.Version,
                PatientIds = [Card.PatientId],
                ControllerId = Appointment.ControllerId,
                Purpose = "booking",
            },
            cancel);
        Message = await cipher.DecryptTextAsync(new FieldPlace("booking.appointment.message", id.ToString()), Appointment.Message, cancel);
        if (!HttpMethods.IsPost(Request.Method))
        {
            var local = WallTime.ToLocal(Appointment.StartsAt, practice.Zone);
            Move = new MoveInput { Date = DateOnly.FromDateTime(local), Time = TimeOnly.FromDateTime(local), Notify = true };
            Notify = true;
        }

        return true;
    }
}
