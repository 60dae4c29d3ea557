using System.Globalization;
using Booking.Services;
using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Terminology;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Practice;

/// <summary>Writing a note: view → process stage → heading, with structured entries; saved as a private draft, then signed.</summary>
internal sealed class NoteModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, Drafts drafts, SignNote sign, People people, RecordGuardian guardian, CodeTables codes,
    ContactsInText contacts, PracticeDirectory practices, Translator texts) : PageModel
{
    /// <summary>What was found for a heading's search; null where nothing was searched.</summary>
    public IReadOnlyDictionary<int, (IReadOnlyList<NoteCode> Found, bool More)> Results { get; private set; } =
        new Dictionary<int, (IReadOnlyList<NoteCode>, bool)>();

    /// <summary>Imported tables to search reasons in.</summary>
    public CodeSnapshot Tables { get; private set; } = CodeSnapshot.Empty;

    private NoteForm Form => new(Template, Draft, Tables, Visit.CareDay(), texts.Culture);

    /// <summary>The reasons that are ticked under a heading and not offered by the template.</summary>
    public IEnumerable<NoteCode> Reasons(int heading) => heading < Headings.Count ? Form.Reasons(Headings[heading]) : [];

    public Draft Draft { get; private set; } = null!;

    public NoteTemplate Template { get; private set; } = null!;

    public string Customer { get; private set; } = "";

    public VisitFacts Visit { get; private set; } = null!;

    /// <summary>What another tab saved, when this one's save met it.</summary>
    public NoteContent? Theirs { get; private set; }

    /// <summary>Nothing is signed before it.</summary>
    public bool HasPerson { get; private set; }

    /// <summary>The guardian value is asked here too, as nothing of a minor's visit is signed without it.</summary>
    public bool AsksGuardian { get; private set; }

    public IEnumerable<SelectListItem> GuardianChoices =>
        Enumerable.Range(1, 4).Select(v => new SelectListItem(texts[$"Visit.Guardian.{v}"], v.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Contacts under turvakielto were found in the text: signing again with the box ticked means that they belong there.</summary>
    public bool AsksContacts { get; private set; }

    [BindProperty]
    public bool ContactsMeant { get; set; }

    /// <summary>Codes of the demonstration subset would stop the note on its way to the real archive.</summary>
    public bool HasDemoCodes { get; private set; }

    [BindProperty]
    public short? GuardianDisclosure { get; set; }

    [BindProperty]
    public List<NoteForm.HeadingInput> Headings { get; set; } = [];

    /// <summary>Colleagues who may have taken part or typed.</summary>
    public List<SelectListItem> Colleagues { get; private set; } = [];

    [BindProperty]
    public Guid? MadeWith { get; set; }

    [BindProperty]
    public Guid? TypedBy { get; set; }

    [BindProperty]
    public string? Device { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public DateOnly? ReleaseOn { get; set; }

    [BindProperty]
    public int Revision { get; set; }

    [BindProperty]
    public Guid Key { get; set; } = Guid.NewGuid();

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        await access.ReadAsync("Draft", id, Draft.PatientId, Visit.ControllerId, cancel);
        Revision = Draft.Revision;
        Reason = Draft.Reason;
        ReleaseOn = Draft.Content.ReleaseOn;
        (MadeWith, TypedBy, Device) = (Draft.Content.MadeWith, Draft.Content.TypedBy, Draft.Content.Device);
        Headings = [.. Template.Headings.Select(Form.Read)];
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        if (!ModelState.IsValid || await SaveAsync(cancel) is not Drafts.SaveResult.Saved)
        {
            return Page();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage(new { id });
    }

    /// <summary>Looks reasons up in the imported tables; what was written so far is saved.</summary>
    public async Task<IActionResult> OnPostSearchAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        if (!ModelState.IsValid || await SaveAsync(cancel) is not Drafts.SaveResult.Saved)
        {
            return Page();
        }

        await work.CommitAsync(cancel);
        await LoadAsync(id, cancel);
        Revision = Draft.Revision;
        ModelState.Remove(nameof(Revision));
        Results = Form.Search(Headings);
        return Page();
    }

    public async Task<IActionResult> OnPostSignAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        if (!ContactsMeant && await ContactsAsync(cancel) is { Count: > 0 } found)
        {
            AsksContacts = true;
            return await RefusedAsync(id, found, cancel);
        }

        // One transaction with the save, so that the second of two clicks waits for the first and then finds what it signed.
        switch (await SaveAsync(cancel))
        {
            case Drafts.SaveResult.Gone:
                await work.RollbackAsync();
                return await GoneAsync(id, cancel);
            case Drafts.SaveResult.Conflict:
                return Page();
        }

        var outcome = await sign.HandleAsync(id, Revision + 1, Key, cancel);
        if (outcome.Done)
        {
            await work.CommitAsync(cancel);
            return RedirectToPage("Signed", new { id = outcome.Value!.NoteId });
        }

        await work.RollbackAsync();
        return await RefusedAsync(id, outcome.Refusals, cancel);
    }

    public async Task<IActionResult> OnPostDropAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        await drafts.DropAsync(id, cancel);
        await work.CommitAsync(cancel);
        return RedirectToPage("Visit", new { id = Visit.Id });
    }

    private async Task<List<Refusal>> ContactsAsync(CancellationToken cancel)
    {
        var found = await contacts.FindAsync(Draft.PatientId, [.. Headings.Select(h => h.Text ?? "")], cancel);
        return
        [
            .. found.Select((kinds, at) => (kinds, at)).Where(heading => heading.kinds.Count > 0).Select(heading => new Refusal(
                string.Create(CultureInfo.InvariantCulture, $"Headings[{heading.at}].Text"), "Note.Contacts", string.Join(", ", heading.kinds.Select(kind => texts[$"Note.Contacts.{kind}"])))),
        ];
    }

    private Guid? Known(Guid? practitioner) => Colleagues.Any(c => c.Value == practitioner?.ToString()) ? practitioner : null;

    // A refused signature loses nothing: the text is saved for itself.
    private async Task<IActionResult> RefusedAsync(Guid id, IReadOnlyList<Refusal> refusals, CancellationToken cancel)
    {
        if (await SaveAsync(cancel) is not Drafts.SaveResult.Saved)
        {
            return Page();
        }

        await work.CommitAsync(cancel);
        await LoadAsync(id, cancel);
        refusals.Select(r => r with { Field = Form.FieldOf(r.Field) }).ToList().AddTo(ModelState, texts);
        (Revision, Key) = (Draft.Revision, Guid.NewGuid());
        ModelState.Remove(nameof(Revision));
        ModelState.Remove(nameof(Key));
        return Page();
    }

    private async Task<Drafts.SaveResult> SaveAsync(CancellationToken cancel)
    {
        if (AsksGuardian && GuardianDisclosure is { } value)
        {
            await guardian.HandleAsync(Visit, value, cancel);
        }

        var content = Draft.Content with
        {
            ReleaseOn = ReleaseOn,
            MadeWith = Known(MadeWith),
            TypedBy = Known(TypedBy),
            Device = string.IsNullOrWhiteSpace(Device) ? null : Device.Trim(),
            Headings = Form.Write(Headings),
        };
        var result = await drafts.SaveAsync(Draft.Id, Revision, content, Reason, cancel);
        if (result == Drafts.SaveResult.Conflict)
        {
            await work.RollbackAsync();
            await LoadAsync(Draft.Id, cancel);
            if (Draft.Reason == Reason && Draft.Content.ToBytes().AsSpan().SequenceEqual(content.ToBytes()))
            {
                // The second of two clicks: it is saved as it stands.
                Revision = Draft.Revision - 1;
                return Drafts.SaveResult.Saved;
            }

            Theirs = Draft.Content;
            Revision = Draft.Revision;
            ModelState.Remove(nameof(Revision));
            ModelState.AddModelError("", texts["Care.Note.ChangedElsewhere"]);
        }
        else if (result == Drafts.SaveResult.Gone)
        {
            ModelState.AddModelError("", texts["Care.Note.DraftGone"]);
        }

        return result;
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await drafts.FindAsync(id, cancel) is not { } draft || await access.VisitAsync(draft.VisitId, cancel) is not { } visit
            || await codes.TemplateAsync(draft.Content.TemplateId, visit.CareDay(), cancel) is not { } template)
        {
            return false;
        }

        (Draft, Template, Visit, Tables) = (draft, template, visit, await codes.GetAsync(cancel));
        var person = await people.FindAsync(work, draft.PatientId, cancel);
        HasPerson = person is not null;
        HasDemoCodes = await practices.GetAsync(cancel) is { Environment: KantaEnvironment.Production, JoinedArchiveOn: not null }
            && template.Headings.SelectMany(h => new[] { h.Stage.Code, h.Heading.Code }).Append(template.View.Code).Any(code => code.StartsWith("DEMO-", StringComparison.Ordinal));
        AsksGuardian = person is not null && PortalView.IsMinor(visit, person.BirthDate) && visit.GuardianDisclosure is null;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            var me = (await access.MeAsync(cancel))?.Id;
            var colleagues = await db.Practitioners.AsNoTracking().Where(p => p.ControllerId == visit.ControllerId && p.Id != me)
                .OrderBy(p => p.FamilyName).ThenBy(p => p.GivenNames).ToListAsync(cancel);
            Colleagues = [new(texts["Note.Nobody"], ""), .. colleagues.Select(p => new SelectListItem($"{p.ShownName}, {texts.Title(p.Title)}", p.Id.ToString()))];
        }

        Customer = (await cards.NameAsync(draft.PatientId, work, cancel))?.ToString() ?? "";
        return true;
    }

    // A double click or the back button after signing leads to what was signed.
    private async Task<IActionResult> GoneAsync(Guid id, CancellationToken cancel)
    {
        return await SignNote.OfDraftAsync(work, id, cancel) is { } note && await access.NoteAsync(note, cancel) is not null
            ? RedirectToPage("Signed", new { id = note })
            : NotFound();
    }
}
