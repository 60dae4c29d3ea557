using Booking.Availability;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Book;

/// <summary>With whom; anybody is the first choice, as it has the most times.</summary>
internal sealed class PractitionerModel(UnitOfWork work) : PageModel
{
    public OfferedService Offered { get; private set; } = null!;

    public Guid? Draft { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid service, Guid? draft, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, service, cancel) is not { Practitioners.Count: > 0 } offered)
        {
            return NotFound();
        }

        (Offered, Draft) = (offered, draft);
        return Page();
    }
}
