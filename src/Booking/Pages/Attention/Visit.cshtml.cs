using Booking.Attention;
using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Attention;

/// <summary>Settles a visit that gets no note here: opened by mistake, or written and archived elsewhere. Asks for the reason.</summary>
internal sealed class VisitModel(
    UnitOfWork work, CurrentUser user, AttentionList list, SettleVisit settle, AccessLog log, Translator texts) : PageModel
{
    public VisitFacts Visit { get; private set; } = null!;

    [BindProperty]
    public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await FindAsync(id, cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!await FindAsync(id, cancel))
        {
            return NotFound();
        }

        var outcome = await settle.HandleAsync(id, Reason ?? "", cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            outcome.Refusals.AddTo(ModelState, texts);
            return Page();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage("Index", new { done = "settled" });
    }

    private async Task<bool> FindAsync(Guid id, CancellationToken cancel)
    {
        var scope = await list.ScopeAsync(cancel);
        var found = await TreatmentRows.VisitAsync(work, id, cancel);
        var allowed = found is { IsCare: true } && scope?.Holds(found.ControllerId, found.PractitionerId) == true;
        if (found is { IsCare: true })
        {
            await log.RecordAsync(
                new AccessEntry
                {
                    Interaction = "read",
                    ResourceType = "Encounter",
                    ResourceId = id.ToString(),
                    PatientIds = [found.PatientId],
                    ControllerId = found.ControllerId,
                    Purpose = user.Role == UserRole.Administrator ? "administration" : "treatment",
                    Outcome = (short)(allowed ? 0 : 4),
                    Detail = allowed ? null : "denied",
                },
                cancel);
        }

        if (allowed)
        {
            Visit = found!;
        }

        return allowed;
    }
}
