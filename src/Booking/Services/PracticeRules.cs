using Microsoft.EntityFrameworkCore;

namespace Booking.Services;

/// <summary>Reads the practice's booking rules; before they are first saved the defaults hold.</summary>
internal static class PracticeRules
{
    public static async Task<BookingRules> ReadAsync(BookingContext db, Guid practiceId, CancellationToken cancel) =>
        await db.Rules.AsNoTracking().SingleOrDefaultAsync(r => r.PracticeId == practiceId, cancel) ?? new BookingRules { PracticeId = practiceId };
}
