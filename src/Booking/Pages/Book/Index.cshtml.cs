using Booking.Services;
using CareRecords.Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Book;

/// <summary>What can be booked.</summary>
internal sealed class IndexModel(UnitOfWork work) : PageModel
{
    /// <param name="Next">Where choosing it leads: past the question about the practitioner when there is one only.</param>
    internal sealed record Choice(Service Service, int LowestPrice, bool PricesDiffer, string Next);

    public IReadOnlyList<Choice> Services { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var services = await db.Services.AsNoTracking().Where(s => s.Active && s.Online).OrderBy(s => s.Place).ThenBy(s => s.NameFi).ToListAsync(cancel);
        var offers = await db.Offers.AsNoTracking().Where(o => db.Resources.Any(r => r.Id == o.PractitionerId && r.Active)).ToListAsync(cancel);
        Services = [.. services.Select(s => (Service: s, Offers: offers.Where(o => o.ServiceId == s.Id).ToList())).Where(s => s.Offers.Count > 0).Select(s =>
        {
            var prices = s.Offers.Select(o => o.PriceCents ?? s.Service.PriceCents).ToList();
            var next = s.Offers.Count == 1 ? BookingAddress.Time(s.Service.Id, null) : BookingAddress.Practitioner(s.Service.Id);
            return new Choice(s.Service, prices.Min(), prices.Distinct().Count() > 1, next);
        })];
    }
}
