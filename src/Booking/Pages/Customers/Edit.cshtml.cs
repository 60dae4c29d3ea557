using Booking.Customers;
using Booking.Texts;
using CareRecords.Access;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Customers;

/// <summary>Makes a card (without an id) or changes one; a change made meanwhile by somebody else is never overwritten.</summary>
internal sealed class EditModel(UnitOfWork work, CustomerCards cards, ChangeCard change, AccessLog log, Translator texts) : PageModel
{
    [BindProperty]
    public CardInput Input { get; set; } = new();

    public bool IsNew { get; private set; }

    /// <summary>Under turvakielto the contacts stay out of the form, and what is left empty is kept.</summary>
    public bool HidesContacts { get; private set; }

    public IReadOnlyList<SelectListItem> Languages =>
        [new(texts["Language.fi"], "fi"), new(texts["Language.sv"], "sv"), new(texts["Language.en"], "en")];

    public async Task<IActionResult> OnGetAsync(Guid? id, CancellationToken cancel)
    {
        IsNew = id is null;
        if (id is not { } known)
        {
            Input.Language = texts.Language;
            return Page();
        }

        Customer? row;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            row = await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == known, cancel);
        }

        await work.RollbackAsync();
        if (row is null || await cards.ReadAsync(row, cancel) is not { Details: { } details } card)
        {
            return NotFound();
        }

        await log.RecordAsync(
            new AccessEntry { Interaction = "read", ResourceType = "Patient", ResourceId = card.PatientId, PatientIds = [card.PatientId], Purpose = "booking" }, cancel);
        Input = CardInput.Of(card, details);
        HidesContacts = row.NonDisclosure;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid? id, CancellationToken cancel)
    {
        IsNew = id is null;
        Customer? row = null;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            if (id is { } asked && (row = await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == asked, cancel)) is null)
            {
                return NotFound();
            }
        }

        await work.RollbackAsync();
        HidesContacts = row is { NonDisclosure: true };
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        if (id is not { } known)
        {
            return Redirect($"/customers/{await change.CreateAsync(Input.Key, Input.Details(), cancel)}");
        }

        var details = Input.Details();
        if (HidesContacts && (await cards.ReadWithContactsAsync(row!, cancel)).Details is { } kept)
        {
            details = details with { Phone = details.Phone ?? kept.Phone, Email = details.Email ?? kept.Email, Address = details.Address ?? kept.Address };
        }

        switch (await change.UpdateAsync(known, Input.Version, details, cancel))
        {
            case ChangeCard.Outcome.Done:
                return Redirect($"/customers/{known}");
            case ChangeCard.Outcome.Stale:
                ModelState.AddModelError("", texts["Customers.Stale"]);
                Response.StatusCode = StatusCodes.Status409Conflict;
                return Page();
            default:
                return NotFound();
        }
    }
}
