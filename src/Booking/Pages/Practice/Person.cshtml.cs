using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>What care needs about the person: identity code or temporary id, birth date, sex. Only for a care visit.</summary>
internal sealed class PersonModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, People people, RecordPerson record, Translator texts) : PageModel
{
    public sealed class PersonInput
    {
        public string? IdentityCode { get; set; }

        public Ui.DateParts BirthDate { get; set; } = new();

        public string? Sex { get; set; }

        public string? HomeMunicipality { get; set; }

        public bool NonDisclosure { get; set; }
    }

    public string Customer { get; private set; } = "";

    public Guid VisitId { get; private set; }

    private static readonly string[] SexCodes = ["2", "1", "9", "0"];

    public IEnumerable<SelectListItem> Sexes => SexCodes.Select(s => new SelectListItem(texts[$"Person.Sex.{s}"], s));

    [BindProperty]
    public PersonInput Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        if (await people.FindAsync(work, visit.PatientId, cancel) is { } person)
        {
            await access.ReadAsync("Patient", id, visit.PatientId, visit.ControllerId, cancel);
            Input = new PersonInput
            {
                IdentityCode = person.IdentityCode,
                BirthDate = Ui.DateParts.Of(person.BirthDate),
                Sex = person.Sex,
                HomeMunicipality = person.HomeMunicipality,
                NonDisclosure = person.NonDisclosure,
            };
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        var outcome = await record.HandleAsync(
            new RecordPerson.Request
            {
                PatientId = visit.PatientId,
                ControllerId = visit.ControllerId,
                IdentityCode = Input.IdentityCode,
                BirthDate = Input.BirthDate.Date,
                Sex = Input.Sex ?? "",
                HomeMunicipality = Input.HomeMunicipality,
                NonDisclosure = Input.NonDisclosure,
            },
            cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            outcome.Refusals.AddTo(ModelState, texts, "Input.");
            return Page();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage("Visit", new { id });
    }

    private async Task<VisitFacts?> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { IsCare: true } visit)
        {
            return null;
        }

        VisitId = id;
        Customer = (await cards.NameAsync(visit.PatientId, work, cancel))?.ToString() ?? "";
        return visit;
    }
}
