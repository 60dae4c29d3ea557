using Booking.Texts;
using CareRecords;
using CareRecords.Access;
using CareRecords.Audit;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.My;

/// <summary>Who has viewed or changed the customer's data, when, in which role and on what ground.</summary>
internal sealed class AccessModel(CurrentUser user, AccessHistory history, PortalView portal, UnitOfWork work, Translator texts) : PageModel
{
    private const int PageSize = 50;

    public IReadOnlyList<AccessLeaf> Leaves { get; private set; } = [];

    /// <summary>Entries about care are given at the practice only.</summary>
    public bool Hides { get; private set; }

    /// <summary>Where the next page goes on; null on the last one.</summary>
    public long? Older { get; private set; }

    public async Task<IActionResult> OnGetAsync(long? before, CancellationToken cancel)
    {
        if (user.PatientId is not { } patientId)
        {
            return RedirectToPage("Index");
        }

        (_, Hides) = await portal.VisitsAsync(patientId, cancel);
        await work.RollbackAsync();
        var leaves = await history.OfPatientAsync(patientId, before, PageSize, cancel);
        Older = leaves.Count == PageSize ? leaves[^1].Id : null;
        // Section 11 of the Act lets the log be kept back where it would tell what must not be told: here, that there was care.
        Leaves = Hides ? [.. leaves.Where(l => l.Purpose is not ("treatment" or "archive"))] : leaves;
        return Page();
    }

    public string Who(AccessLeaf leaf) =>
        leaf.ActorUser is { } actor && actor == user.UserId ? texts["My.AccessYou"] : leaf.ActorName.Length > 0 ? leaf.ActorName : texts["My.AccessSystem"];

    public string What(AccessLeaf leaf) =>
        $"{Text("Access", leaf.Interaction)}: {Text("AccessType", leaf.ResourceType)}{(leaf.Outcome > 0 ? " " + texts["Access.Denied"] : "")}";

    public string Why(AccessLeaf leaf) => Text("AccessWhy", leaf.Purpose);

    private string Text(string area, string word) => texts.Has($"{area}.{word}") ? texts[$"{area}.{word}"] : texts[area + ".other"];
}
