using System.Globalization;
using Booking.Texts;
using Booking.Treatments;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>Authorisations to record care that another organiser has bought; a practitioner chooses among those that run when a visit begins.</summary>
internal sealed class OutsourcingModel(UnitOfWork work, Outsourcings outsourcings, PracticeDirectory directory, TimeProvider clock, Translator texts) : PageModel
{
    internal sealed class OutsourcingInput
    {
        public Guid? ControllerId { get; set; }

        public string? CustomerName { get; set; }

        public string? CustomerOid { get; set; }

        public string? RegisterControllerName { get; set; }

        public string? RegisterControllerOid { get; set; }

        public string? RegisterControllerKind { get; set; }

        public string? RegisterCode { get; set; }

        public string? CustomerNumber { get; set; }

        public string? ServiceEventOid { get; set; }

        public DateOnly? ValidFrom { get; set; }

        public DateOnly? ValidUntil { get; set; }
    }

    private static readonly string[] _kinds = ["1", "2"];
    private DateOnly today;

    public IReadOnlyList<OutsourcingFacts> Rows { get; private set; } = [];

    /// <summary>Customer numbers of the authorisations that are about one person; no name is shown here.</summary>
    public Dictionary<Guid, long> Customers { get; } = [];

    public IReadOnlyList<SelectListItem> Controllers { get; private set; } = [];

    public IEnumerable<SelectListItem> Kinds => _kinds.Select(kind => new SelectListItem(texts[$"Outsourcing.Kind.{kind}"], kind));

    [BindProperty]
    public OutsourcingInput Input { get; set; } = new();

    public bool Runs(OutsourcingFacts row) => row.EndedAt is null && row.ValidUntil >= today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), practice.Zone).DateTime);
        Controllers = [.. practice.Controllers.Select(controller => new SelectListItem(controller.Name, controller.Id.ToString()))];
        Rows = await Outsourcings.AllAsync(work, cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        foreach (var row in Rows.Where(row => row.PatientId is not null))
        {
            var id = Guid.Parse(row.PatientId!);
            Customers[row.Id] = await db.Customers.Where(c => c.Id == id).Select(c => c.Number).SingleOrDefaultAsync(cancel);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        string? patient = null;
        if (!string.IsNullOrWhiteSpace(Input.CustomerNumber))
        {
            await using var db = await BookingContext.OnAsync(work, cancel);
            patient = long.TryParse(Input.CustomerNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (await db.Customers.AsNoTracking().Where(c => c.Number == number).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancel))?.ToString()
                : null;
            if (patient is null)
            {
                ModelState.AddModelError("Input.CustomerNumber", texts["Outsourcing.NoCustomer"]);
            }
        }

        // A missing day is refused as a last one before the first, so that everything that is wrong is said at once.
        var outcome = await outsourcings.RecordAsync(
            new OutsourcingFacts(
                Guid.CreateVersion7(), Input.ControllerId ?? Guid.Empty, Input.CustomerOid?.Trim() ?? "", Input.CustomerName ?? "", Input.RegisterControllerOid?.Trim() ?? "",
                Input.RegisterControllerName ?? "", Input.RegisterControllerKind ?? "", Input.RegisterCode?.Trim() ?? "", patient,
                string.IsNullOrWhiteSpace(Input.ServiceEventOid) ? null : Input.ServiceEventOid.Trim(), Input.ValidFrom ?? DateOnly.MaxValue, Input.ValidUntil ?? DateOnly.MinValue, "", null),
            cancel);
        if (!outcome.Done || !ModelState.IsValid)
        {
            await work.RollbackAsync();
            outcome.Refusals.Select(r => r.Field == nameof(OutsourcingFacts.PatientId) ? r with { Field = nameof(Input.CustomerNumber) } : r).ToList().AddTo(ModelState, texts, "Input.");
            return await OnGetAsync(cancel);
        }

        await work.CommitAsync(cancel);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndAsync(Guid id, CancellationToken cancel)
    {
        if (!await outsourcings.EndAsync(id, cancel))
        {
            return NotFound();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage();
    }
}
