using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Terminology;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>One visit: the person, the notes and their way to the archive, additional data, the link of the customer's account.</summary>
internal sealed class VisitModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, People people, Drafts drafts, AdditionalData extras, PortalLinks links, EndVisit end,
    RecordInforming informing, RecordGuardian guardian, ArchiveStates archive, AppointmentForCare appointments, CodeTables codes,
    TakeBackVisit takeBack, RenewServiceEvent renew, RightVisits right, Translator texts) : PageModel
{
    public sealed class ExtraInput
    {
        public string? Title { get; set; }

        public string? Text { get; set; }
    }

    public sealed class InformingInput
    {
        public string? Version { get; set; } = "2.0";

        public Ui.DateParts Date { get; set; } = new();
    }

    public VisitFacts Visit { get; private set; } = null!;

    public ServiceEventFacts? ServiceEvent { get; private set; }

    public string Customer { get; private set; } = "";

    public PatientFacts? Person { get; private set; }

    public IReadOnlyList<InformingFacts> Informings { get; private set; } = [];

    public IReadOnlyList<Draft> DraftList { get; private set; } = [];

    public IReadOnlyList<(NoteRow Note, ArchiveState State)> Notes { get; private set; } = [];

    public IReadOnlyList<AdditionalDatum> ExtraList { get; private set; } = [];

    public IEnumerable<SelectListItem> Templates { get; private set; } = [];

    public bool IsMinor { get; private set; }

    public IEnumerable<SelectListItem> GuardianChoices { get; private set; } = [];

    /// <summary>Shown once, right after it was made.</summary>
    public string? LinkCode { get; private set; }

    // Several forms share the page: what another form does not send must not count as missing.
    [BindProperty]
    public string? Template { get; set; }

    [BindProperty]
    public ExtraInput Extra { get; set; } = new();

    [BindProperty]
    public InformingInput Informing { get; set; } = new();

    [BindProperty]
    public short? Guardian { get; set; }

    /// <summary>Why the visit is taken back.</summary>
    [BindProperty]
    public string? MistakeReason { get; set; }

    /// <summary>The right customer's visit, which gets what was written here.</summary>
    [BindProperty]
    public Guid? RightVisit { get; set; }

    public List<SelectListItem> RightVisitChoices { get; private set; } = [];

    public bool TakenBack { get; private set; }

    /// <summary>Something of the service event is in the archive under an identity code that has been corrected since.</summary>
    public bool UnderFormerCode { get; private set; }

    [BindProperty]
    public string? RenewReason { get; set; }

    /// <summary>The person's data go with what was written: they were recorded at this visit alone.</summary>
    public bool PersonGoes { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostEndAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        await EndAsync(visit, cancel);
        await work.CommitAsync(cancel);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostEndSeriesAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { ServiceEventId: { } serviceEvent } visit)
        {
            return NotFound();
        }

        await EndAsync(visit, cancel);
        return await FinishAsync(id, (await end.EndSeriesAsync(serviceEvent, cancel)).Refusals, "", cancel);
    }

    public async Task<IActionResult> OnPostMistakeAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { } wrong
            || (RightVisit is { } other && (await access.VisitAsync(other, cancel) is not { } chosen || chosen.IsCare != wrong.IsCare)))
        {
            return NotFound();
        }

        var outcome = await takeBack.HandleAsync(
            new TakeBackVisit.Request { VisitId = id, Reason = MistakeReason ?? "", RightVisitId = RightVisit }, cancel);
        if (outcome.Value?.AppointmentId is { } appointment)
        {
            await appointments.NotArrivedAsync(appointment, cancel);
        }

        return await FinishAsync(outcome.Done ? RightVisit ?? id : id, outcome.Refusals, "", cancel);
    }

    public async Task<IActionResult> OnPostRenewAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { ServiceEventId: { } serviceEvent })
        {
            return NotFound();
        }

        return await FinishAsync(id, (await renew.HandleAsync(serviceEvent, RenewReason ?? "", cancel)).Refusals, "", cancel);
    }

    public async Task<IActionResult> OnPostNoteAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { IsCare: true, ServiceEventId: { } serviceEvent } visit
            || await TreatmentRows.ServiceEventAsync(work, serviceEvent, cancel) is not { Invalidated: false }
            || await TakeBackVisit.IsTakenBackAsync(work, id, cancel)
            || await codes.TemplateAsync(Template ?? "", visit.CareDay(), cancel) is not { } template)
        {
            return NotFound();
        }

        if ((await drafts.OfVisitAsync(id, cancel)).Find(d => d.CorrectsNote is null && d.Content.TemplateId == template.Id && d.Content.Headings.All(h => h.IsEmpty)) is { } empty)
        {
            return RedirectToPage("Note", new { id = empty.Id });
        }

        var content = new NoteContent
        {
            TemplateId = template.Id,
            View = template.View,
            Title = template.Title,
            Headings = [.. template.Headings.Select(h => new NoteHeading { Stage = h.Stage.ToNoteCode(), Heading = h.Heading.ToNoteCode() })],
        };
        var draft = await drafts.BeginAsync(visit, content, null, cancel);
        await work.CommitAsync(cancel);
        return RedirectToPage("Note", new { id = draft.Id });
    }

    public async Task<IActionResult> OnPostInformingAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { IsCare: true } visit)
        {
            return NotFound();
        }

        // The second of two clicks finds what the first has recorded.
        if (Informing.Date.Date is { } given && (await RecordInforming.OfPatientAsync(work, visit.PatientId, visit.ControllerId, cancel))
            .Any(i => i.Kind == RecordInforming.Kanta && i.TextVersion == Informing.Version?.Trim() && i.GivenOn == given))
        {
            return RedirectToPage(new { id });
        }

        var outcome = await informing.HandleAsync(
            new RecordInforming.Request
            {
                PatientId = visit.PatientId,
                ControllerId = visit.ControllerId,
                Kind = RecordInforming.Kanta,
                TextVersion = Informing.Version ?? "",
                GivenOn = Informing.Date.Date,
            },
            cancel);
        return await FinishAsync(id, [.. outcome.Refusals.Select(r => r with { Field = r.Field == nameof(RecordInforming.Request.GivenOn) ? "Date" : "Version" })], "Informing.", cancel);
    }

    public async Task<IActionResult> OnPostProposeAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        // The second of two clicks finds what the first has proposed.
        if ((await extras.OfPatientAsync(visit.PatientId, cancel)).Any(e => e.State == "proposed" && e.Title == Extra.Title?.Trim() && e.Text == Extra.Text))
        {
            return RedirectToPage(new { id });
        }

        var outcome = await extras.ProposeAsync(visit.PatientId, visit.ControllerId, Extra.Title ?? "", Extra.Text ?? "", cancel);
        return await FinishAsync(id, outcome.Refusals, "Extra.", cancel);
    }

    public async Task<IActionResult> OnPostGuardianAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { IsCare: true } visit)
        {
            return NotFound();
        }

        var done = await guardian.HandleAsync(visit, Guardian ?? 0, cancel);
        return await FinishAsync(id, done ? [] : [new Refusal("Guardian", "Care.Note.GuardianNeeded")], "", cancel);
    }

    public async Task<IActionResult> OnPostLinkCodeAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        LinkCode = await links.HandOutCodeAsync(visit.PatientId, cancel);
        await work.CommitAsync(cancel);
        return await ShowAsync(id, cancel);
    }

    private async Task EndAsync(VisitFacts visit, CancellationToken cancel)
    {
        if (visit.EndedAt is null)
        {
            await end.HandleAsync(visit.Id, cancel);
            await (visit.AppointmentId is { } appointment ? appointments.DoneAsync(appointment, cancel) : Task.CompletedTask);
        }
    }

    private async Task<IActionResult> FinishAsync(Guid id, IReadOnlyList<Refusal> refusals, string prefix, CancellationToken cancel)
    {
        if (refusals.Count == 0)
        {
            await work.CommitAsync(cancel);
            return RedirectToPage(new { id });
        }

        await work.RollbackAsync();
        refusals.AddTo(ModelState, texts, prefix);
        return await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await access.VisitAsync(id, cancel) is not { } visit)
        {
            return NotFound();
        }

        await access.ReadAsync(visit.IsCare ? "Encounter" : "Visit", id, visit.PatientId, visit.ControllerId, cancel);
        Visit = visit;
        Customer = (await cards.NameAsync(visit.PatientId, work, cancel))?.ToString() ?? "";
        ExtraList = await extras.OfPatientAsync(visit.PatientId, cancel);
        if (!visit.IsCare)
        {
            TakenBack = await TakeBackVisit.IsTakenBackAsync(work, id, cancel);
            RightVisitChoices = TakenBack ? [] : await right.OfAsync(visit.ControllerId, id, visit.StartedAt, "Visit.RightVisitNone", cancel, care: false);
        }
        else
        {
            ServiceEvent = await TreatmentRows.ServiceEventAsync(work, visit.ServiceEventId!.Value, cancel);
            Person = await people.FindAsync(work, visit.PatientId, cancel);
            Informings = (await RecordInforming.OfPatientAsync(work, visit.PatientId, visit.ControllerId, cancel)).FindAll(act => act.Kind == RecordInforming.Kanta);
            TakenBack = ServiceEvent is { Invalidated: true } || await TakeBackVisit.IsTakenBackAsync(work, id, cancel);
            UnderFormerCode = await RenewServiceEvent.IsUnderFormerCodeAsync(work, visit.ServiceEventId.Value, cancel);
            DraftList = await drafts.OfVisitAsync(id, cancel);
            Notes = await archive.OfNotesAsync(await NoteList.OfVisitAsync(work, id, cancel), cancel);
            if (!TakenBack && Notes.All(n => n.Note.Status == "entered_in_error"))
            {
                RightVisitChoices = await right.OfAsync(visit.ControllerId, id, visit.StartedAt, "Visit.RightVisitNone", cancel);
                PersonGoes = Person is not null && await TakeBackVisit.HoldsPersonAsync(work, visit, cancel);
            }

            IsMinor = Person is { } p && PortalView.IsMinor(visit, p.BirthDate);
            GuardianChoices = Enumerable.Range(1, 4).Select(v => new SelectListItem(texts[$"Visit.Guardian.{v}"], $"{v}")).ToList();
            Guardian = visit.GuardianDisclosure ?? Guardian;
            Templates = (await codes.TemplatesAsync(visit.CareDay(), cancel)).Select(t => new SelectListItem(t.Name(texts.Language), t.Id)).ToList();
        }

        return Page();
    }
}
