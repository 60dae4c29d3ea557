using Booking.SignIn;
using Booking.Texts;
using Booking.Treatments;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.My;

/// <summary>The customer's own data: visits, released notes, what awaits her approval. Nothing of health before the account is linked to the card.</summary>
internal sealed class IndexModel(
    UnitOfWork work, CurrentUser user, PracticeDirectory practice, PortalView portal, AdditionalData extras, PortalLinks links, AccessLog log,
    OwnBookings bookings, TimeProvider clock, Translator texts) : PageModel
{
    public bool IsLinked => user.PatientId is not null;

    /// <summary>Coming ones; before the account is linked those made with its verified address.</summary>
    public IReadOnlyList<OwnBooking> Bookings { get; private set; } = [];

    public IReadOnlyList<VisitFacts> Visits { get; private set; } = [];

    /// <summary>There is something that is shown at the practice only.</summary>
    public bool Hides { get; private set; }

    public IReadOnlyList<PortalNote> Notes { get; private set; } = [];

    public IReadOnlyList<AdditionalDatum> Proposals { get; private set; } = [];

    public IReadOnlyList<AdditionalDatum> Approved { get; private set; } = [];

    /// <summary>How she was informed of Kanta, what she permits and denies, and what was withdrawn.</summary>
    public IReadOnlyList<InformingFacts> Wills { get; private set; } = [];

    /// <summary>When the practice ended this account's link to a card; null when it did not, or when it is linked again.</summary>
    public DateTimeOffset? LinkEnded { get; private set; }

    [BindProperty]
    public string? Code { get; set; }

    [TempData]
    public string? Decided { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Bookings = await bookings.FindAsync(texts.Language, cancel);
        if (user.PatientId is not { } patientId)
        {
            LinkEnded = user.UserId is { } me ? await EndPortalLink.OfAccountAsync(work, me, cancel) : null;
            return Page();
        }

        (Visits, Hides) = await portal.VisitsAsync(patientId, cancel);
        var data = await extras.OfPatientAsync(patientId, cancel);
        Proposals = [.. data.Where(d => d.State == "proposed" && d.ExpiresAt > clock.GetUtcNow())];
        Approved = [.. data.Where(d => d is { State: "approved", Text: not null })];
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), (await practice.GetAsync(cancel)).Zone).DateTime);
        Wills = await portal.WillsAsync(patientId, today, cancel);
        Notes = await portal.NotesAsync(patientId, Visits, today, cancel);
        await log.RecordAsync(
            new AccessEntry { Interaction = "read", ResourceType = "Patient", ResourceId = patientId, PatientIds = [patientId], Purpose = "patient_request" },
            cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostLinkAsync(CancellationToken cancel)
    {
        var outcome = await links.RedeemAsync(Code, cancel);
        if (outcome.Done && !await LinkAccount.HandleAsync(work, user.UserId!.Value, outcome.Value!, cancel))
        {
            outcome = new Refusal(nameof(Code), "Care.Link.AlreadyLinked");
        }

        if (!outcome.Done)
        {
            await work.RollbackAsync();
            outcome.Refusals.AddTo(ModelState, texts);
            return await OnGetAsync(cancel);
        }

        await work.CommitAsync(cancel);
        return RedirectToPage();
    }

    public Task<IActionResult> OnPostApproveAsync(Guid id, CancellationToken cancel) => DecideAsync(id, true, cancel);

    public Task<IActionResult> OnPostDeclineAsync(Guid id, CancellationToken cancel) => DecideAsync(id, false, cancel);

    private async Task<IActionResult> DecideAsync(Guid id, bool approve, CancellationToken cancel)
    {
        if (user.PatientId is not { } patientId)
        {
            return NotFound();
        }

        if (await extras.DecideAsync(patientId, id, approve, "portal", cancel))
        {
            await work.CommitAsync(cancel);
        }
        else if ((await extras.OfPatientAsync(patientId, cancel)).All(d => d.Id != id || d.State != (approve ? "approved" : "declined")))
        {
            return NotFound();
        }

        Decided = "yes";
        return RedirectToPage();
    }
}
