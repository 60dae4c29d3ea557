using Booking.Services;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>All services, those out of use last.</summary>
internal sealed class ServicesModel(UnitOfWork work) : PageModel
{
    public IReadOnlyList<Service> Services { get; private set; } = [];

    public ILookup<Guid, string> Givers { get; private set; } = Array.Empty<(Guid, string)>().ToLookup(g => g.Item1, g => g.Item2);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        Services = await db.Services.AsNoTracking().OrderByDescending(s => s.Active).ThenBy(s => s.Place).ThenBy(s => s.NameFi).ToListAsync(cancel);
        var givers = await db.Offers.Join(db.Practitioners, o => o.PractitionerId, p => p.Id, (o, p) => new { o.ServiceId, Practitioner = p }).AsNoTracking().ToListAsync(cancel);
        Givers = givers.ToLookup(g => g.ServiceId, g => g.Practitioner.ShownName);
    }
}
