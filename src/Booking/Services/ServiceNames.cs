using Booking.Texts;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;

namespace Booking.Services;

/// <summary>A visit keeps its service by the Finnish name of the day; it is shown in the reader's language while a service has that name.</summary>
internal sealed class ServiceNames(UnitOfWork work, Translator texts)
{
    private Dictionary<string, string>? _names;

    public async Task<string> OfAsync(string finnish)
    {
        if (texts.Language == "fi")
        {
            return finnish;
        }

        if (_names is null)
        {
            await using var db = await BookingContext.OnAsync(work, default);
            _names = (await db.Services.AsNoTracking().OrderBy(s => s.Active).ToListAsync()).GroupBy(s => s.NameFi).ToDictionary(g => g.Key, g => g.Last().Name(texts.Language));
        }

        return _names.GetValueOrDefault(finnish, finnish);
    }
}
