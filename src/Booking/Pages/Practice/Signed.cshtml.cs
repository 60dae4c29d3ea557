using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Practice;

/// <summary>A signed note: its versions, its way to the archive, correcting it, and the way back from a note on the wrong patient.</summary>
internal sealed class SignedModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, SignedNotes notes, ArchiveStates archive, Drafts drafts, InvalidateNote invalidate,
    RightVisits right, Translator texts) : PageModel
{
    public NoteRow Note { get; private set; } = null!;

    public ArchiveState State { get; private set; } = null!;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SignedNote> Versions { get; private set; } = [];

    public string Customer { get; private set; } = "";

    public bool IsAuthor { get; private set; }

    public List<SelectListItem> RightVisits { get; private set; } = [];

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid? RightVisit { get; set; }

    /// <summary>Whether the visit is still to be written once the note is gone; asked where no other note stands.</summary>
    [BindProperty]
    public bool? CareGiven { get; set; }

    public bool AsksCareGiven { get; private set; }

    public IEnumerable<SelectListItem> CareChoices => [new(texts["Note.CareGiven.No"], "false"), new(texts["Note.CareGiven.Yes"], "true")];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await ShowAsync(id, cancel);

    /// <summary>The state alone, asked for again and again by the page; holds no personal data and is not logged.</summary>
    public async Task<IActionResult> OnGetStateAsync(Guid id, CancellationToken cancel) =>
        await access.NoteAsync(id, cancel) is { } note
            ? Partial("_ArchiveState", await archive.OfNoteAsync(note.Id, note.Version, cancel))
            : NotFound();

    public async Task<IActionResult> OnPostCorrectAsync(Guid id, CancellationToken cancel)
    {
        if (await access.NoteAsync(id, cancel) is not { Status: not "entered_in_error" } note
            || await notes.FindAsync(work, id, note.Version, cancel) is not { } current)
        {
            return NotFound();
        }

        var draft = await drafts.BeginAsync(current.Visit, current.Content, new SignNote.Key(id, note.Version), cancel);
        await work.CommitAsync(cancel);
        return RedirectToPage("Note", new { id = draft.Id });
    }

    public async Task<IActionResult> OnPostInvalidateAsync(Guid id, CancellationToken cancel)
    {
        if (await access.NoteAsync(id, cancel) is not { } wrong || (RightVisit is { } visit && await access.VisitAsync(visit, cancel) is null))
        {
            return NotFound();
        }

        if (CareGiven is null && await IsOnlyAsync(wrong, cancel))
        {
            ModelState.AddModelError(nameof(CareGiven), texts["Note.CareGivenNeeded"]);
            return await ShowAsync(id, cancel);
        }

        var outcome = await invalidate.HandleAsync(
            new InvalidateNote.Request { NoteId = id, Reason = Reason ?? "", CareGiven = CareGiven ?? true, RightVisitId = RightVisit }, cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            outcome.Refusals.AddTo(ModelState, texts);
            return await ShowAsync(id, cancel);
        }

        await work.CommitAsync(cancel);
        return outcome.Value is { } draft ? RedirectToPage("Note", new { id = draft.Id }) : RedirectToPage(new { id });
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await access.NoteAsync(id, cancel) is not { } note)
        {
            return NotFound();
        }

        await access.ReadAsync("Composition", id, note.PatientId, note.ControllerId, cancel);
        Note = note;
        State = await archive.OfNoteAsync(id, note.Version, cancel);
        var versions = new List<SignedNote>();
        for (var version = note.Version; version >= 1; version--)
        {
            if (await notes.FindAsync(work, id, version, cancel) is { } signed)
            {
                versions.Add(signed);
            }
        }

        Versions = versions;
        Customer = (await cards.NameAsync(note.PatientId, work, cancel))?.ToString() ?? "";
        var me = await access.MeAsync(cancel);
        IsAuthor = versions.Count > 0 && (versions[0].FirstAuthor.Id == me?.Id || versions[0].Author.Id == me?.Id);
        AsksCareGiven = await IsOnlyAsync(note, cancel);
        RightVisits = await right.OfAsync(note.ControllerId, note.VisitId, note.SignedAt, "Note.RightVisitNone", cancel);
        return Page();
    }

    // Another valid note of the visit says of it: nothing is open then, whatever the answer.
    private async Task<bool> IsOnlyAsync(NoteRow note, CancellationToken cancel) =>
        (await NoteList.OfVisitAsync(work, note.VisitId, cancel)).All(n => n.Id == note.Id || n.Status == "entered_in_error");
}
