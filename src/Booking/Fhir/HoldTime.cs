using System.Text;
using System.Text.Json.Nodes;
using Booking.Appointments;
using Booking.Availability;
using Booking.Services;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Store;
using Microsoft.EntityFrameworkCore;

namespace Booking.Fhir;

/// <summary>
/// Free times for /fhir's $find, $hold and $book: those of <see cref="SlotView"/>, held by an allocation that expires, under the same constraint as bookings.
/// </summary>
internal sealed class HoldTime(SlotView slots, FreeTimeFinder finder, PracticeDirectory directory) : IAppointmentTimes
{
    private const int Minutes = 10;
    private const int MostByHolder = 20;
    private const int NearestShown = 5;
    private const int DaysUnasked = 14;
    private const int MostDays = 31;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAsync(TimesWanted wanted, UnitOfWork work, CancellationToken cancel)
    {
        var zone = (await directory.GetAsync(cancel)).Zone;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(await work.ScalarAsync<long>("select (extract(epoch from now()) * 1000)::bigint", cancel));
        var from = wanted.From is { } asked && asked > now ? asked : now;
        var until = wanted.Until ?? from.AddDays(DaysUnasked);
        var first = WallTime.LocalDate(from.UtcDateTime, zone);
        var days = Math.Max(0, WallTime.LocalDate(until.UtcDateTime, zone).DayNumber - first.DayNumber + 1);
        if (days > MostDays)
        {
            throw new ViewException($"Free times are computed for {MostDays} days at most: give start and end.");
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var services = wanted.Service is not { } name ? [(Guid?)null] : await db.Services.AsNoTracking()
            .Where(s => s.NameFi == name || s.NameSv == name || s.NameEn == name).Select(s => (Guid?)s.Id).ToListAsync(cancel);
        var practitioners = wanted.Practitioners?.Select(p => Guid.TryParse(p, out var id) ? id : Guid.Empty).ToList();
        var found = new List<(OfferedService Offered, SlotId Id)>();
        foreach (var service in days == 0 ? [] : services)
        {
            found.AddRange(await slots.SlotsAsync(work, practitioners, first, days, cancel, service));
        }

        return [.. found.Where(f => f.Id.Start >= from.UtcDateTime && f.Id.Start < until.UtcDateTime).OrderBy(f => f.Id.Start).Take(wanted.Limit).Select(f => Write(f.Offered, f.Id, "proposed", null, zone))];
    }

    public async Task<TimeHeld> HoldAsync(string slot, Guid holder, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (SlotId.Parse(slot) is not { } time || await FreeTimeFinder.OfferedAsync(db, time.Service, cancel) is not { } offered || offered.Practitioners.All(p => p.Id != time.Practitioner))
        {
            return Refused(Refusals.Because("slot-unknown", "Slot", "There is no such time: search Slot, or call $find."));
        }

        if (await work.ScalarAsync<long>("select count(distinct hold_id) from booking.allocation where held_by = $1 and expires_at > now()", cancel, holder) >= MostByHolder)
        {
            return Refused(Refusals.Because("too-many-holds", "Slot", $"You hold {MostByHolder} times already: book them, or let them end."));
        }

        if (await slots.FindAsync(slot, work, cancel) is null)
        {
            return await GoneAsync(db, offered, time, cancel);
        }

        var (id, visit) = (Guid.CreateVersion7(), new TimeRange(time.Start, time.Start + offered.Service.Shape.Duration));
        try
        {
            var expires = await Allocations.HoldAsync(
                work, [time.Practitioner, .. offered.Needs], visit with { To = visit.To + offered.Service.Shape.AfterBuffer }, id, holder, slot, Minutes, cancel);
            return new TimeHeld(id, expires, Write(offered, time, "pending", id, (await directory.GetAsync(cancel)).Zone));
        }
        catch (Npgsql.PostgresException e) when (Allocations.IsTaken(e))
        {
            await work.RollbackAsync();
            await using var anew = await BookingContext.OnAsync(work, cancel);
            return await GoneAsync(anew, offered, time, cancel);
        }
    }

    public async Task<HeldTime?> ReleaseAsync(Guid hold, Guid holder, UnitOfWork work, CancellationToken cancel)
    {
        if (await Allocations.ReleaseHoldAsync(work, hold, holder, cancel) is not { } slot || SlotId.Parse(slot) is not { } time)
        {
            return null;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var zone = (await directory.GetAsync(cancel)).Zone;
        return await FreeTimeFinder.OfferedAsync(db, time.Service, cancel) is { } offered
            ? new HeldTime(slot, SlotView.Local(time.Start, zone), SlotView.Local(time.Start + offered.Service.Shape.Duration, zone)) : null;
    }

    private async Task<TimeHeld> GoneAsync(BookingContext db, OfferedService offered, SlotId time, CancellationToken cancel) => Refused(Refusals.Taken(
        time.Service, await finder.NearestAsync(db, offered, time.Practitioner, time.Start, NearestShown, cancel), (await directory.GetAsync(cancel)).Zone));

    private static TimeHeld Refused(WriteResult refusal) => new(Guid.Empty, default, default) { Refusal = refusal };

    private static byte[] Write(OfferedService offered, SlotId time, string status, Guid? id, TimeZoneInfo zone)
    {
        var practitioner = offered.Practitioners.Single(p => p.Id == time.Practitioner);
        var json = new JsonObject
        {
            ["resourceType"] = "Appointment",
            ["status"] = status,
            ["serviceType"] = new JsonArray(new JsonObject { ["text"] = offered.Service.NameFi }),
            ["start"] = SlotView.Local(time.Start, zone),
            ["end"] = SlotView.Local(time.Start + offered.Service.Shape.Duration, zone),
            ["minutesDuration"] = (int)offered.Service.Shape.Duration.TotalMinutes,
            ["slot"] = new JsonArray(new JsonObject { ["reference"] = $"Slot/{time}" }),
            ["participant"] = new JsonArray(new JsonObject
            {
                ["actor"] = new JsonObject { ["reference"] = $"Practitioner/{practitioner.Id}", ["display"] = practitioner.ShownName },
                ["status"] = "tentative",
            }),
        };
        if (id is not null)
        {
            json.Insert(1, "id", id.ToString());
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString(SlotView.Plain));
    }
}
