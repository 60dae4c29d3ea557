using Booking.Services;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>The practitioners whose times can be booked.</summary>
internal sealed class StaffModel(UnitOfWork work) : PageModel
{
    internal sealed record Line(Practitioner Practitioner, bool Active);

    public IReadOnlyList<Line> Lines { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var rows = await (from p in db.Practitioners join r in db.Resources on p.Id equals r.Id orderby r.Active descending, r.Place select new { p, r.Active })
            .AsNoTracking().ToListAsync(cancel);
        Lines = [.. rows.Select(r => new Line(r.p, r.Active))];
    }
}
