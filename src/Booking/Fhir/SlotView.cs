using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Booking.Availability;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Store;
using Microsoft.EntityFrameworkCore;

namespace Booking.Fhir;

/// <summary>The free times that customers may book, as FHIR Slots: computed from working hours and bookings, so that only free ones are shown.</summary>
internal sealed class SlotView(FreeTimeFinder finder, PracticeDirectory directory, TimeProvider clock) : IViewedType
{
    private const int DaysUnasked = 14;
    private const int MostDays = 31;
    internal static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Type => "Slot";

    public async Task<ViewedResource?> FindAsync(string id, UnitOfWork work, CancellationToken cancel)
    {
        if (SlotId.Parse(id) is not { } slot)
        {
            return null;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        return await FreeTimeFinder.OfferedAsync(db, slot.Service, cancel) is { } offered
            && (await OnDayAsync(db, offered, slot, cancel)).Any(t => t.Start == slot.Start)
            ? await WriteAsync(offered, slot) : null;
    }

    public async Task<IReadOnlyList<ViewedResource>> ListAsync(ViewQuestion question, UnitOfWork work, CancellationToken cancel)
    {
        if (question.Ids is { } ids)
        {
            return await NamedAsync(question, ids, work, cancel);
        }

        var zone = (await directory.GetAsync(cancel)).Zone;
        var now = clock.GetUtcNow();
        var from = question.From is { } asked && asked > now ? asked : now;
        var first = WallTime.LocalDate(from.UtcDateTime, zone);
        var days = question.Until is { } until ? Math.Max(0, WallTime.LocalDate(until.UtcDateTime, zone).DayNumber - first.DayNumber + 1) : DaysUnasked;
        if (days > MostDays)
        {
            throw new ViewException($"Free times are computed for {MostDays} days at most: give start=ge… and start=lt….");
        }

        var slots = new List<ViewedResource>();
        foreach (var slot in days == 0 ? [] : await SlotsAsync(work, PractitionersOf(question.References), first, days, cancel))
        {
            slots.Add(await WriteAsync(slot.Offered, slot.Id));
        }

        // The order in which pages follow each other.
        var rest = question.After is { } after ? slots.SkipWhile(s => s.Id != after).Skip(1) : slots;
        return [.. rest.Take(question.Limit)];
    }

    /// <summary>The free times of all services that can be booked online, by start.</summary>
    /// <param name="practitioners">Only theirs; null: anybody's.</param>
    internal async Task<List<(OfferedService Offered, SlotId Id)>> SlotsAsync(
        UnitOfWork work, IReadOnlyCollection<Guid>? practitioners, DateOnly first, int days, CancellationToken cancel, Guid? service = null)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var services = await db.Services.AsNoTracking().Where(s => s.Active && s.Online && (service == null || s.Id == service)).OrderBy(s => s.Place).Select(s => s.Id).ToListAsync(cancel);
        var slots = new List<(OfferedService Offered, SlotId Id)>();
        foreach (var id in services)
        {
            if (await FreeTimeFinder.OfferedAsync(db, id, cancel) is not { } offered || (practitioners is not null && !offered.Practitioners.Any(p => practitioners.Contains(p.Id))))
            {
                continue;
            }

            foreach (var time in (await finder.FindAsync(db, offered, null, first, days, cancel)).SelectMany(d => d.Times))
            {
                slots.AddRange(time.Practitioners.Where(p => practitioners?.Contains(p) != false).Select(p => (offered, new SlotId(id, p, time.Start))));
            }
        }

        return [.. slots.OrderBy(s => s.Id.Start).ThenBy(s => s.Id.ToString(), StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<ViewedResource>> NamedAsync(ViewQuestion question, IReadOnlyList<string> ids, UnitOfWork work, CancellationToken cancel)
    {
        var found = new List<ViewedResource>();
        foreach (var id in question.After is null ? ids.Distinct() : [])
        {
            if (await FindAsync(id, work, cancel) is { } slot)
            {
                found.Add(slot);
            }
        }

        return found;
    }

    private async Task<IEnumerable<FreeTime>> OnDayAsync(BookingContext db, OfferedService offered, SlotId slot, CancellationToken cancel)
    {
        var zone = (await directory.GetAsync(cancel)).Zone;
        return offered.Practitioners.All(p => p.Id != slot.Practitioner) ? []
            : (await finder.FindAsync(db, offered, slot.Practitioner, WallTime.LocalDate(slot.Start, zone), 1, cancel)).SelectMany(d => d.Times);
    }

    private async Task<ViewedResource> WriteAsync(OfferedService offered, SlotId slot)
    {
        var zone = (await directory.GetAsync()).Zone;
        var at = clock.GetUtcNow();
        var json = new JsonObject
        {
            ["resourceType"] = "Slot",
            ["id"] = slot.ToString(),
            ["meta"] = new JsonObject { ["lastUpdated"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) },
            ["serviceType"] = new JsonArray(new JsonObject { ["text"] = offered.Service.NameFi }),
            ["schedule"] = new JsonObject { ["reference"] = $"Schedule/{slot.Practitioner}" },
            ["status"] = "free",
            ["start"] = Local(slot.Start, zone),
            ["end"] = Local(slot.Start + offered.Service.Shape.Duration, zone),
        };
        return new ViewedResource(slot.ToString(), at, Encoding.UTF8.GetBytes(json.ToJsonString(Plain)), null, null);
    }

    private static HashSet<Guid>? PractitionersOf(IReadOnlyList<string>? references)
    {
        const string schedule = "Schedule/";
        return references?.All(r => r.StartsWith(schedule, StringComparison.Ordinal)) == true
            ? [.. references.Select(r => Guid.TryParse(r.AsSpan(schedule.Length), out var id) ? id : Guid.Empty)] : null;
    }

    internal static string Local(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(new DateTimeOffset(utc), zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}

/// <summary>A practitioner's calendar as a FHIR Schedule; its id is hers.</summary>
internal sealed class ScheduleView(TimeProvider clock) : IViewedType
{
    public string Type => "Schedule";

    public async Task<ViewedResource?> FindAsync(string id, UnitOfWork work, CancellationToken cancel) =>
        (await ListAsync(new ViewQuestion { Ids = [id], Limit = 1 }, work, cancel)).SingleOrDefault();

    public async Task<IReadOnlyList<ViewedResource>> ListAsync(ViewQuestion question, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var practitioners = await (
            from p in db.Practitioners
            join r in db.Resources on p.Id equals r.Id
            orderby p.Id
            select new { Practitioner = p, r.Active }).AsNoTracking().ToListAsync(cancel);
        var all = practitioners.Where(p => question.Ids?.Contains(p.Practitioner.Id.ToString()) != false).Select(p => Write(p.Practitioner, p.Active)).ToList();
        return [.. (question.After is { } after ? all.SkipWhile(s => s.Id != after).Skip(1) : all).Take(question.Limit)];
    }

    private ViewedResource Write(Practitioner practitioner, bool active)
    {
        var at = clock.GetUtcNow();
        var json = new JsonObject
        {
            ["resourceType"] = "Schedule",
            ["id"] = practitioner.Id.ToString(),
            ["meta"] = new JsonObject { ["lastUpdated"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) },
            ["active"] = active,
            ["actor"] = new JsonArray(new JsonObject { ["reference"] = $"Practitioner/{practitioner.Id}", ["display"] = practitioner.ShownName }),
        };
        return new ViewedResource(practitioner.Id.ToString(), at, Encoding.UTF8.GetBytes(json.ToJsonString(SlotView.Plain)), null, null);
    }
}
