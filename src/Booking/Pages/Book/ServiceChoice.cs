using Booking.Services;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Book;

/// <summary>A service that customers can book now, with its price.</summary>
/// <param name="Next">Where choosing it leads: past the question about the practitioner when there is one only.</param>
internal sealed record ServiceChoice(Service Service, int LowestPrice, bool PricesDiffer, string Next)
{
    public static async Task<List<ServiceChoice>> ReadAsync(UnitOfWork work, CancellationToken cancel, Guid? draft = null)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var services = await db.Services.AsNoTracking().Where(s => s.Active && s.Online).OrderBy(s => s.Place).ThenBy(s => s.NameFi).ToListAsync(cancel);
        var offers = await db.Offers.AsNoTracking().Where(o => db.Resources.Any(r => r.Id == o.PractitionerId && r.Active)).ToListAsync(cancel);
        return [.. services.Select(s => (Service: s, Offers: offers.Where(o => o.ServiceId == s.Id).ToList())).Where(s => s.Offers.Count > 0).Select(s =>
        {
            var prices = s.Offers.Select(o => o.PriceCents ?? s.Service.PriceCents).ToList();
            var next = s.Offers.Count == 1 ? BookingAddress.Time(s.Service.Id, null, draft: draft) : BookingAddress.Practitioner(s.Service.Id, draft);
            return new ServiceChoice(s.Service, prices.Min(), prices.Distinct().Count() > 1, next);
        })];
    }
}
