using System.ComponentModel.DataAnnotations;
using Booking.Customers;
using CareRecords.Access;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Customers;

/// <summary>Search of cards. By POST: names and numbers stand in no address, log or history.</summary>
internal sealed class IndexModel(UnitOfWork work, CustomerCards cards, AccessLog log) : PageModel
{
    private const int Limit = 50;

    [BindProperty, Required, StringLength(100)]
    public string Term { get; set; } = "";

    public IReadOnlyList<CustomerCard>? Found { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid)
        {
            return Page();
        }

        List<CustomerCard> found;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            found = await cards.SearchAsync(db, Term, Limit, cancel);
        }

        await work.RollbackAsync();
        await log.RecordAsync(
            new AccessEntry { Interaction = "search", ResourceType = "Patient", PatientIds = [.. found.Select(c => c.PatientId)], Purpose = "booking" }, cancel);
        Found = found;
        return Page();
    }
}
