using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>Care starts: which service event the appointment's visit belongs to. An appointment already opened leads to its visit.</summary>
internal sealed class OpenVisitModel(
    UnitOfWork work, StaffAccess access, AppointmentForCare appointments, OpenVisit open, ICustomerCards cards, Translator texts) : PageModel
{
    public AppointmentForCare.Facts Appointment { get; private set; } = null!;

    public string Customer { get; private set; } = "";

    public List<SelectListItem> Choices { get; private set; } = [];

    /// <summary>single, series, or the id of an open series.</summary>
    [BindProperty]
    public string Choice { get; set; } = "single";

    public async Task<IActionResult> OnGetAsync(Guid appointmentId, CancellationToken cancel)
    {
        if (!await LoadAsync(appointmentId, cancel))
        {
            return NotFound();
        }

        return await TreatmentRows.VisitOfAppointmentAsync(work, appointmentId, cancel) is { } visit
            ? RedirectToPage("Visit", new { id = visit.Id })
            : Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid appointmentId, CancellationToken cancel)
    {
        if (!await LoadAsync(appointmentId, cancel))
        {
            return NotFound();
        }

        var outcome = await open.HandleAsync(
            new OpenVisit.Request
            {
                PatientId = Appointment.PatientId,
                AppointmentId = appointmentId,
                PractitionerId = Appointment.PractitionerId,
                ControllerId = Appointment.ControllerId,
                ServiceName = Appointment.ServiceName,
                IsCare = Appointment.IsCare,
                ContactMode = Appointment.ContactMode,
                Series = Choice switch { "single" => SeriesChoice.OneVisit, "series" => SeriesChoice.NewSeries, _ => SeriesChoice.Continue },
                ServiceEventId = Guid.TryParse(Choice, out var id) ? id : null,
            },
            cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            // The pages ask for the series by one choice.
            outcome.Refusals.Select(r => r.Field == nameof(OpenVisit.Request.ServiceEventId) ? r with { Field = nameof(Choice) } : r).ToList().AddTo(ModelState, texts);
            await LoadAsync(appointmentId, cancel);
            return Page();
        }

        await appointments.ArrivedAsync(appointmentId, cancel);
        await work.CommitAsync(cancel);
        return RedirectToPage("Visit", new { id = outcome.Value!.Id });
    }

    private async Task<bool> LoadAsync(Guid appointmentId, CancellationToken cancel)
    {
        var me = await access.MeAsync(cancel);
        if (me is null || await appointments.FindAsync(appointmentId, cancel) is not { } appointment || appointment.ControllerId != me.ControllerId)
        {
            return false;
        }

        Appointment = appointment;
        Customer = (await cards.NameAsync(appointment.PatientId, work, cancel))?.ToString() ?? "";
        await access.ReadAsync("Appointment", appointmentId, appointment.PatientId, appointment.ControllerId, cancel);
        Choices = [new(texts["Visit.Single"], "single"), new(texts["Visit.NewSeries"], "series")];
        Choices.AddRange((await TreatmentRows.OpenSeriesAsync(work, appointment.PatientId, appointment.ControllerId, cancel))
            .Select(s => new SelectListItem(texts["Visit.Continue", s.Title, Ui.Show.Date(s.StartedAt)], s.Id.ToString())));
        return true;
    }
}
