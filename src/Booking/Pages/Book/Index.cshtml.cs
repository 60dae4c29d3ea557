using CareRecords.Database;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Book;

/// <summary>What can be booked.</summary>
internal sealed class IndexModel(UnitOfWork work) : PageModel
{
    public IReadOnlyList<ServiceChoice> Services { get; private set; } = [];

    public async Task OnGetAsync(Guid? draft, CancellationToken cancel) => Services = await ServiceChoice.ReadAsync(work, cancel, draft);
}
