using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>
/// What care needs about the person: identity code or temporary id, birth date, sex; and how she was informed, what she permits and denies. Only for a care visit.
/// </summary>
internal sealed class PersonModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, People people, RecordPerson record, RecordInforming informing, ArchiveStates archive,
    TimeProvider clock, Translator texts) : PageModel
{
    public sealed class PersonInput
    {
        public string? IdentityCode { get; set; }

        public Ui.DateParts BirthDate { get; set; } = new();

        public string? Sex { get; set; }

        public string? HomeMunicipality { get; set; }

        public bool NonDisclosure { get; set; }
    }

    public sealed class WillInput
    {
        public string? Kind { get; set; }

        public string? Version { get; set; } = "2.0";

        public Ui.DateParts Date { get; set; } = new();

        public string? Scope { get; set; }

        public bool Emergency { get; set; }

        public bool Elsewhere { get; set; }
    }

    /// <summary>Informing, permissions and denials with their way to the archive, newest first.</summary>
    public List<(InformingFacts Act, ArchiveState State)> Wills { get; } = [];

    public IEnumerable<SelectListItem> WillKinds => Choices("Wills.Kind", RecordInforming.Kanta, RecordInforming.Permission, RecordInforming.Denial);

    public IEnumerable<SelectListItem> WillScopes => Choices("Wills.Scope", "all", "provider", "event");

    /// <summary>A visit of each service event that is in the archive under a code that has been corrected since.</summary>
    public IReadOnlyList<VisitFacts> UnderFormerCode { get; private set; } = [];

    [BindProperty]
    public WillInput Will { get; set; } = new();

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

        await access.ReadAsync("Patient", id, visit.PatientId, visit.ControllerId, cancel);
        if (await people.FindAsync(work, visit.PatientId, cancel) is { } person)
        {
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
        return (await RenewServiceEvent.OfPatientAsync(work, visit.PatientId, visit.ControllerId, cancel)).Count > 0 ? RedirectToPage(new { id }) : RedirectToPage("Visit", new { id });
    }

    public async Task<IActionResult> OnPostWillAsync(Guid id, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { ServiceEventId: { } serviceEvent } visit)
        {
            return NotFound();
        }

        var outcome = await informing.HandleAsync(
            new RecordInforming.Request
            {
                PatientId = visit.PatientId,
                ControllerId = visit.ControllerId,
                Kind = Will.Kind ?? "",
                TextVersion = Will.Version ?? "",
                GivenOn = Will.Date.Date,
                Elsewhere = Will.Elsewhere && Will.Kind == RecordInforming.Kanta,
                Scope = Will.Scope,
                EmergencyAllowed = Will.Emergency,
                ServiceEventOid = (await TreatmentRows.ServiceEventAsync(work, serviceEvent, cancel))?.Oid,
            },
            cancel);
        return await FinishAsync(
            id,
            [
                .. outcome.Refusals.Select(r => r with
                {
                    Field = r.Field switch { nameof(RecordInforming.Request.GivenOn) => "Will.Date", nameof(RecordInforming.Request.TextVersion) => "Will.Version", _ => "Will." + r.Field },
                }),
            ],
            cancel);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid id, Guid act, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(visit.Zone)).DateTime);
        return await FinishAsync(id, (await informing.WithdrawAsync(act, visit.PatientId, visit.ControllerId, today, cancel)).Refusals, cancel);
    }

    private async Task<IActionResult> FinishAsync(Guid id, IReadOnlyList<Refusal> refusals, CancellationToken cancel)
    {
        if (refusals.Count == 0)
        {
            await work.CommitAsync(cancel);
            return RedirectToPage(null, null, new { id }, "wills");
        }

        await work.RollbackAsync();
        var answer = await OnGetAsync(id, cancel);
        refusals.AddTo(ModelState, texts);
        return answer;
    }

    private List<SelectListItem> Choices(string prefix, params string[] values) => [.. values.Select(v => new SelectListItem(texts[$"{prefix}.{v}"], v))];

    private async Task<VisitFacts?> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { IsCare: true } visit)
        {
            return null;
        }

        VisitId = id;
        Customer = (await cards.NameAsync(visit.PatientId, work, cancel))?.ToString() ?? "";
        UnderFormerCode = await RenewServiceEvent.OfPatientAsync(work, visit.PatientId, visit.ControllerId, cancel);
        Wills.Clear();
        foreach (var act in await RecordInforming.OfPatientAsync(work, visit.PatientId, visit.ControllerId, cancel))
        {
            Wills.Add((act, await archive.OfInformingAsync(act.Id, cancel)));
        }

        return visit;
    }
}
