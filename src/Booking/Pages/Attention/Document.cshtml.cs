using Booking.Attention;
using Booking.Texts;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Attention;

/// <summary>One document that waits or was refused: why in plain words beside the archive's own, where to mend it, and what to do with it then.</summary>
internal sealed class DocumentModel(
    UnitOfWork work, CurrentUser user, AttentionList list, ICustomerCards cards, MendSubmission mend, AccessLog log, Translator texts) : PageModel
{
    public SubmissionStatus Document { get; private set; } = null!;

    public VisitFacts? Visit { get; private set; }

    /// <summary>Empty for an administrator.</summary>
    public string Customer { get; private set; } = "";

    internal IReadOnlyList<PlainReason> Reasons { get; private set; } = [];

    public IReadOnlyList<SubmissionAttempt> Attempts { get; private set; } = [];

    /// <summary>Text key of why nothing leaves now, or null.</summary>
    public string? Way { get; private set; }

    public bool IsAdministrator => user.Role == UserRole.Administrator;

    public bool CanBeClosed => Document.State == SubmissionState.NeedsAttention
        || (Document.State == SubmissionState.Queued && Document.Content == SubmissionContent.Invalidation);

    [BindProperty]
    public Guid Key { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>It was built anew and still is not fit.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Unfit { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostResendAsync(Guid id, CancellationToken cancel)
    {
        if (!await FindAsync(id, cancel))
        {
            return NotFound();
        }

        var result = await OnceAsync("AttentionResend", async () => (await mend.ResendAsync(work, id, cancel)).ToString(), cancel);
        return result == nameof(MendResult.StillUnfit) ? RedirectToPage(new { id, unfit = true }) : RedirectToPage("Index", new { done = "resent" });
    }

    public async Task<IActionResult> OnPostHandledAsync(Guid id, CancellationToken cancel)
    {
        if (!await FindAsync(id, cancel))
        {
            return NotFound();
        }

        if (string.IsNullOrWhiteSpace(Reason) || Reason.Length > 1000)
        {
            ModelState.AddModelError(nameof(Reason), texts["Care.Settle.ReasonNeeded"]);
            return await ShowAsync(id, cancel);
        }

        await OnceAsync("AttentionHandled", async () => (await mend.HandledElsewhereAsync(work, id, user.Name, Reason.Trim(), cancel)).ToString(), cancel);
        return RedirectToPage("Index", new { done = "handled" });
    }

    // A double click or a reload finds what the first one did.
    private async Task<string> OnceAsync(string useCase, Func<Task<string>> act, CancellationToken cancel)
    {
        if (Key != Guid.Empty && await Idempotency.ClaimAsync(work, Key, useCase, cancel) is { } before)
        {
            return before;
        }

        var result = await act();
        if (Key != Guid.Empty)
        {
            await Idempotency.CompleteAsync(work, Key, result, cancel);
        }

        await work.CommitAsync(cancel);
        return result;
    }

    private async Task<bool> FindAsync(Guid id, CancellationToken cancel)
    {
        var scope = await list.ScopeAsync(cancel);
        var found = await Submissions.FindAsync(work, id.ToString(), cancel);
        if (scope is null || found is null || !scope.Holds(found.ControllerId, found.PractitionerId))
        {
            if (found is not null)
            {
                await LogAsync(found, "read", 4, cancel);
            }

            return false;
        }

        Document = found;
        return true;
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (!await FindAsync(id, cancel))
        {
            return NotFound();
        }

        await LogAsync(Document, "read", 0, cancel);
        Visit = Document.VisitId is { } visit ? await TreatmentRows.VisitAsync(work, visit, cancel) : null;
        Customer = IsAdministrator ? "" : (await cards.NameAsync(Document.PatientId, work, cancel))?.ToString() ?? "";
        Reasons = Document.State == SubmissionState.NeedsAttention ? PlainReasons.Of(Document) : [];
        Attempts = await Submissions.AttemptsAsync(work, id, 20, cancel);
        var way = await Submissions.WayAsync(work, cancel, Document.Content);
        Way = PlainReasons.OfWay(way.Hold, way.Fault);
        Key = Guid.CreateVersion7();
        ModelState.Remove(nameof(Key));
        return Page();
    }

    private ValueTask LogAsync(SubmissionStatus document, string interaction, short outcome, CancellationToken cancel) => log.RecordAsync(
        new AccessEntry
        {
            Interaction = interaction,
            ResourceType = "KantaDocument",
            ResourceId = document.Oid,
            ResourceVersion = document.Version,
            PatientIds = [document.PatientId],
            ControllerId = document.ControllerId,
            Purpose = IsAdministrator ? "administration" : "archive",
            Outcome = outcome,
            Detail = outcome == 0 ? null : "denied",
        },
        cancel);
}
