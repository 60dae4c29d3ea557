using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>Care starts: which service event the appointment's visit belongs to. An appointment already opened leads to its visit.</summary>
internal sealed class OpenVisitModel(
    UnitOfWork work, StaffAccess access, AppointmentForCare appointments, OpenVisit open, ICustomerCards cards, PracticeDirectory directory,
    TimeProvider clock, Translator texts) : PageModel
{
    public AppointmentForCare.Facts Appointment { get; private set; } = null!;

    public string Customer { get; private set; } = "";

    public List<SelectListItem> Choices { get; private set; } = [];

    /// <summary>single, series, or the id of an open series.</summary>
    [BindProperty]
    public string Choice { get; set; } = "single";

    /// <summary>Our own register and those of organisers whose authorisation covers this patient today; used by a service event that begins.</summary>
    public List<SelectListItem> Registers { get; private set; } = [];

    /// <summary>own, or the id of an authorisation.</summary>
    [BindProperty]
    public string Register { get; set; } = "own";

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
                // An unreadable choice is no authorisation either, and refused as such: never recorded elsewhere than was meant.
                OutsourcingId = Register == "own" ? null : Guid.TryParse(Register, out var authorisation) ? authorisation : Guid.Empty,
            },
            cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            // The pages ask for the series by one choice.
            outcome.Refusals.Select(r => r.Field switch
            {
                nameof(OpenVisit.Request.ServiceEventId) => r with { Field = nameof(Choice) },
                nameof(OpenVisit.Request.OutsourcingId) => r with { Field = Registers.Count > 1 ? nameof(Register) : "" },
                _ => r,
            }).ToList().AddTo(ModelState, texts);
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
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), (await directory.GetAsync(cancel)).Zone).DateTime);
        Registers = [new(texts["Visit.OwnRegister"], "own")];
        Registers.AddRange((await Outsourcings.CoveringAsync(work, appointment.ControllerId, appointment.PatientId, today, cancel))
            .Select(o => new SelectListItem(texts["Visit.TheirRegister", o.CustomerName, Ui.Show.Date(o.ValidUntil)], o.Id.ToString())));
        return true;
    }
}
