using Booking.Pages.Book;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages;

/// <summary>The front page: what the practice offers at which price, where it is, and how it keeps one's data.</summary>
internal sealed class IndexModel(UnitOfWork work, PracticeDirectory directory) : PageModel
{
    public IReadOnlyList<ServiceChoice> Services { get; private set; } = [];

    /// <summary>Null before the practice is set up.</summary>
    public BookingRules? Rules { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        if (await directory.FindAsync(cancel) is not { } practice)
        {
            return;
        }

        Services = await ServiceChoice.ReadAsync(work, cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        Rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
    }
}
