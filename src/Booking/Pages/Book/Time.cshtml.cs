using Booking.Availability;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Book;

/// <summary>The free times: the first at once, then by day with the number of times.</summary>
internal sealed class TimeModel(UnitOfWork work, FreeTimeFinder finder, PracticeDirectory directory, TimeProvider clock) : PageModel
{
    private const int DaysShown = 12;

    public OfferedService Offered { get; private set; } = null!;

    public Practitioner? Chosen { get; private set; }

    /// <summary>Days with free times, the nearest first.</summary>
    public IReadOnlyList<FreeDay> Days { get; private set; } = [];

    public int MoreDays { get; private set; }

    public FreeDay? Day { get; private set; }

    /// <summary>A day that was asked for but has nothing free.</summary>
    public DateOnly? FullDay { get; private set; }

    public FreeTime? First { get; private set; }

    /// <summary>The time chosen before has passed meanwhile.</summary>
    public bool Late { get; private set; }

    public Guid? Draft { get; private set; }

    public async Task<IActionResult> OnGetAsync(
        Guid service, Guid? practitioner, DateOnly? date, int? days, bool late, Guid? draft, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, service, cancel) is not { Practitioners.Count: > 0 } offered
            || (practitioner is { } id && offered.Practitioners.All(p => p.Id != id)))
        {
            return NotFound();
        }

        (Offered, Late, Draft) = (offered, late, draft);
        Chosen = offered.Practitioners.SingleOrDefault(p => p.Id == practitioner);
        var today = WallTime.LocalDate(clock.GetUtcNow().UtcDateTime, practice.Zone);
        var all = await finder.FindAsync(db, offered, practitioner, today, offered.Service.HorizonDays + 1, cancel);
        First = all.FirstOrDefault()?.Times[0];
        Day = date is { } asked ? all.FirstOrDefault(d => d.Date == asked) : all.FirstOrDefault();
        FullDay = date is { } full && Day is null ? full : null;
        var shown = Math.Clamp(days ?? DaysShown, DaysShown, 400);
        if (Day is { } chosen)
        {
            shown = Math.Max(shown, all.IndexOf(chosen) + 1);
        }

        Days = all.Take(shown).ToList();
        MoreDays = all.Count > shown ? shown + DaysShown : 0;
        return Page();
    }
}
