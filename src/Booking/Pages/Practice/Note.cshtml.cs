using System.Globalization;
using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Practice;

/// <summary>Writing a note: view → process stage → heading, with structured entries; saved as a private draft, then signed.</summary>
internal sealed class NoteModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, Drafts drafts, SignNote sign, Translator texts) : PageModel
{
    public sealed class FactInput
    {
        /// <summary>The number of a measurement as typed (comma or point); "on" for what is ticked.</summary>
        public string? Value { get; set; }
    }

    public sealed class HeadingInput
    {
        public string? Text { get; set; }

        /// <summary>One for each fact that the template offers under this heading, in its order.</summary>
        public List<FactInput> Facts { get; set; } = [];
    }

    public Draft Draft { get; private set; } = null!;

    public NoteTemplate Template { get; private set; } = null!;

    public string Customer { get; private set; } = "";

    public VisitFacts Visit { get; private set; } = null!;

    /// <summary>What another tab saved, when this one's save met it.</summary>
    public NoteContent? Theirs { get; private set; }

    [BindProperty]
    public List<HeadingInput> Headings { get; set; } = [];

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
        Headings = [.. Template.Headings.Select(FromContent)];
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        if (!ModelState.IsValid || !await SaveAsync(id, cancel))
        {
            return Page();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostSignAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel))
        {
            return await GoneAsync(id, cancel);
        }

        // The text is saved first and for itself: a refused signature loses nothing.
        if (!ModelState.IsValid || !await SaveAsync(id, cancel))
        {
            return Page();
        }

        await work.CommitAsync(cancel);
        var outcome = await sign.HandleAsync(id, Revision + 1, Key, cancel);
        if (outcome.Done)
        {
            await work.CommitAsync(cancel);
            return RedirectToPage("Signed", new { id = outcome.Value!.NoteId });
        }

        await work.RollbackAsync();
        outcome.Refusals.AddTo(ModelState, texts);
        await LoadAsync(id, cancel);
        (Revision, Key) = (Draft.Revision, Guid.NewGuid());
        ModelState.Remove(nameof(Revision));
        ModelState.Remove(nameof(Key));
        return Page();
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

    /// <summary>The fact that this input states, or null when it is left empty.</summary>
    private static StructuredFact? Fact(OfferedFact offered, FactInput? input) => offered.Kind switch
    {
        _ when string.IsNullOrWhiteSpace(input?.Value) => null,
        StructuredKind.Measurement => new StructuredFact(offered.Kind, offered.Code, input.Value.Trim().Replace(',', '.'), offered.Unit),
        _ => new StructuredFact(offered.Kind, offered.Code),
    };

    private HeadingInput FromContent(TemplateHeading heading)
    {
        var written = Draft.Content.Headings.FirstOrDefault(h => h.Heading.Code == heading.Heading.Code && h.Stage.Code == heading.Stage.Code);
        return new HeadingInput
        {
            Text = written?.Text,
            Facts = [.. heading.Facts.Select(o => new FactInput
            {
                Value = written?.Facts.FirstOrDefault(f => f.Code == o.Code) is not { } fact ? null
                    : fact.Kind == StructuredKind.Measurement ? fact.Value?.Replace(".", texts.Culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal)
                    : "on",
            })],
        };
    }

    private async Task<bool> SaveAsync(Guid id, CancellationToken cancel)
    {
        var content = Draft.Content with { ReleaseOn = ReleaseOn, Headings = [.. Template.Headings.Select(Content)] };
        switch (await drafts.SaveAsync(id, Revision, content, Reason, cancel))
        {
            case Drafts.SaveResult.Saved:
                return true;
            case Drafts.SaveResult.Conflict:
                await work.RollbackAsync();
                await LoadAsync(id, cancel);
                Theirs = Draft.Content;
                Revision = Draft.Revision;
                ModelState.Remove(nameof(Revision));
                ModelState.AddModelError("", texts["Care.Note.ChangedElsewhere"]);
                return false;
            default:
                ModelState.AddModelError("", texts["Care.Note.DraftGone"]);
                return false;
        }
    }

    private NoteHeading Content(TemplateHeading heading, int index)
    {
        var input = index < Headings.Count ? Headings[index] : new HeadingInput();
        return new NoteHeading
        {
            Stage = heading.Stage.ToNoteCode(),
            Heading = heading.Heading.ToNoteCode(),
            Text = (input.Text ?? "").ReplaceLineEndings("\n"),
            Facts = [.. heading.Facts.Select((o, f) => Fact(o, f < input.Facts.Count ? input.Facts[f] : null)).OfType<StructuredFact>()],
        };
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await drafts.FindAsync(id, cancel) is not { } draft || NoteTemplates.Find(draft.Content.TemplateId) is not { } template
            || await access.VisitAsync(draft.VisitId, cancel) is not { } visit)
        {
            return false;
        }

        (Draft, Template, Visit) = (draft, template, visit);
        Customer = (await cards.NameAsync(draft.PatientId, work, cancel))?.ToString() ?? "";
        return true;
    }

    // A double click or the back button after signing leads to what was signed.
    private async Task<IActionResult> GoneAsync(Guid id, CancellationToken cancel)
    {
        if (Key != Guid.Empty && await work.ScalarAsync<string>(
            "select result from care.idempotency where key = $1 and use_case = 'SignNote'", cancel, Key) is { } signed
            && Guid.TryParse(signed.Split('/')[0], CultureInfo.InvariantCulture, out var note) && await access.NoteAsync(note, cancel) is not null)
        {
            return RedirectToPage("Signed", new { id = note });
        }

        return id == Guid.Empty ? BadRequest() : NotFound();
    }
}
