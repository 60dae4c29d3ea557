using Booking.Attention;
using Booking.Services;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Attention;

/// <summary>
/// Visits not written, unsigned, unsent or refused, with what is left of their five days, the most urgent first. An administrator sees whose they are, but
/// no customer.
/// </summary>
internal sealed class IndexModel(
    UnitOfWork work, CurrentUser user, AttentionList list, ICustomerCards cards, KantaReadiness readiness, TakeOverDraft takeOver, AccessLog log,
    ServiceNames names) : PageModel
{
    private const int Shown = 200;

    internal sealed record Row(AttentionItem Item, string Who, bool HasLeft, bool IsMine);

    internal IReadOnlyList<Row> Rows { get; private set; } = [];

    public bool MoreThanShown { get; private set; }

    public bool IsAdministrator => user.Role == UserRole.Administrator;

    /// <summary>Text key of why nothing leaves now, or null.</summary>
    public string? Way { get; private set; }

    public IReadOnlyList<CertificateReport> Certificates { get; private set; } = [];

    /// <summary>What was just done: resent, handled, settled; shown once.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Done { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await list.ScopeAsync(cancel) is not { } scope)
        {
            return Forbid();
        }

        var items = await list.ReadAsync(scope, Shown + 1, cancel);
        var practitioners = await list.PractitionersAsync(cancel);
        var way = await Submissions.WayAsync(work, cancel);
        var rows = new List<Row>();
        foreach (var item in items.Take(Shown))
        {
            var owner = item.PractitionerId is { } id ? practitioners.GetValueOrDefault(id) : default;
            var who = IsAdministrator ? owner.Name ?? "" : await CustomerAsync(item, cancel);
            var shown = item.Visit is { } visit ? item with { Visit = visit with { ServiceName = await names.OfAsync(visit.ServiceName) } } : item;
            rows.Add(new Row(shown, who, owner.Left, item.PractitionerId == user.PractitionerId));
        }

        (Rows, MoreThanShown) = (rows, items.Count > Shown);
        Way = PlainReasons.OfWay(way.Hold, way.Fault);
        Certificates = [.. readiness.Certificates().Where(c => c.WarnDays is not null)];
        await log.RecordAsync(
            new AccessEntry
            {
                Interaction = "search",
                ResourceType = "Encounter",
                PatientIds = [.. rows.Select(r => r.Item.Visit?.PatientId ?? r.Item.Document?.PatientId).OfType<string>().Distinct()],
                ControllerId = scope.ControllerId,
                Purpose = IsAdministrator ? "administration" : "treatment",
            },
            cancel);
        return Page();
    }

    /// <summary>The draft of a colleague who has left becomes the practitioner's own.</summary>
    public async Task<IActionResult> OnPostTakeOverAsync(Guid draft, Guid author, CancellationToken cancel)
    {
        if (user.PractitionerId is not { } me || await list.ScopeAsync(cancel) is not { ControllerId: { } controller } scope
            || !(await list.PractitionersAsync(cancel)).GetValueOrDefault(author).Left || author == me || !scope.Holds(controller, author)
            || !await takeOver.HandleAsync(draft, author, controller, cancel))
        {
            return NotFound();
        }

        await work.CommitAsync(cancel);
        return RedirectToPage("/Practice/Note", new { id = draft });
    }

    private async Task<string> CustomerAsync(AttentionItem item, CancellationToken cancel) =>
        (item.Visit?.PatientId ?? item.Document?.PatientId) is { } patient ? (await cards.NameAsync(patient, work, cancel))?.ToString() ?? "" : "";
}
