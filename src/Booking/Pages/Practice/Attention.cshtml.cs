using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Practice;

/// <summary>Visits not written, unsigned, unsent or refused, with what is left of their five days; the most urgent first.</summary>
internal sealed class AttentionModel(
    UnitOfWork work, StaffAccess access, ICustomerCards cards, ArchiveStates archive, CareRecords.Access.AccessLog log, TimeProvider clock) : PageModel
{
    internal sealed record Row(VisitFacts Visit, string Customer, string State, string? Reason, DateTimeOffset Deadline, int DaysLeft)
    {
        public string Look => DaysLeft < 0 || State == "refused" ? "stop" : DaysLeft <= 1 ? "warn" : "wait";
    }

    internal IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await access.MeAsync(cancel) is not { } me)
        {
            return Forbid();
        }

        var now = clock.GetUtcNow();
        var rows = new List<Row>();
        foreach (var progress in await FiveDays.ProgressAsync(work, me.ControllerId, now, 60, cancel))
        {
            if (await StateAsync(progress, cancel) is not { } found)
            {
                continue;
            }

            var name = await cards.NameAsync(progress.Visit.PatientId, work, cancel);
            rows.Add(new Row(
                progress.Visit, name?.ToString() ?? "", found.State, found.Reason, progress.Deadline,
                (int)Math.Floor((progress.Deadline - now).TotalDays)));
        }

        Rows = [.. rows.OrderBy(r => r.Deadline)];
        await log.RecordAsync(
            new CareRecords.Access.AccessEntry
            {
                Interaction = "search",
                ResourceType = "Encounter",
                PatientIds = [.. rows.Select(r => r.Visit.PatientId).Distinct()],
                ControllerId = me.ControllerId,
                Purpose = "treatment",
            },
            cancel);
        return Page();
    }

    private async Task<(string State, string? Reason)?> StateAsync(VisitProgress progress, CancellationToken cancel)
    {
        if (progress.Notes.Count == 0)
        {
            return progress.Drafts > 0 ? ("unsigned", null) : ("not_written", null);
        }

        foreach (var (noteId, version) in progress.Notes)
        {
            var state = await archive.OfNoteAsync(noteId, version, cancel);
            if (state.Word == "attention")
            {
                return ("refused", state.Reason);
            }

            if (state.Changing)
            {
                return ("unsent", state.Reason);
            }
        }

        return progress.Drafts > 0 ? ("unsigned", null) : null;
    }
}
