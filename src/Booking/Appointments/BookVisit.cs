using System.Globalization;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Services;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Booking.Appointments;

/// <summary>A customer books a free time: allocation, appointment, card, consents, FHIR resources, owed messages and log leaf in one transaction.</summary>
internal sealed class BookVisit(
    UnitOfWork work, PracticeDirectory directory, FreeTimeFinder finder, CustomerCards cards, BookingProjection projection, AppointmentRecords records,
    AppointmentLinks links, FieldCipher cipher, CurrentUser user, TimeProvider clock)
{
    private const int MostTurns = 4;
    private const int NearestShown = 5;

    internal sealed record Request
    {
        /// <summary>Made with the form; a repeated request with it gets the first one's booking.</summary>
        public required Guid Key { get; init; }

        public required Guid ServiceId { get; init; }

        /// <summary>Null: whoever is free.</summary>
        public Guid? PractitionerId { get; init; }

        public required DateTime Start { get; init; }

        public required CustomerDetails Customer { get; init; }

        /// <summary>The card of a signed-in customer; null: a new card is made.</summary>
        public Guid? CustomerId { get; init; }

        public string? Message { get; init; }

        public bool Reminder { get; init; }

        public bool Marketing { get; init; }
    }

    public async Task<BookingOutcome> HandleAsync(Request request, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var practice = await directory.GetAsync(cancel);
        var id = Guid.CreateVersion7();
        var card = request.CustomerId is null ? await cards.PrepareAsync(practice.Id, request.Customer, CustomerSource.Online, now, cancel) : null;
        var customerId = request.CustomerId ?? card!.Customer.Id;
        var message = await cipher.EncryptTextAsync(
            CustomerCards.Scope(customerId), new FieldPlace("booking.appointment.message", id.ToString()), request.Message, cancel);
        for (var turn = 1; ; turn++)
        {
            try
            {
                return await TryAsync(request, new Prepared(id, customerId, card, message, now, practice), cancel);
            }
            catch (Exception e) when (Conflict(e) is { } conflict)
            {
                await work.RollbackAsync();
                if (turn == MostTurns || (Allocations.IsTaken(conflict) && request.PractitionerId is not null))
                {
                    return await GoneAsync(request, TimeGone.Taken, cancel);
                }
            }
        }
    }

    /// <summary>The booking that was made with this key; null while there is none.</summary>
    public async Task<Guid?> BookedAsync(Guid key, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var id = await db.Appointments.Where(a => a.IdempotencyKey == key).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancel);
        await work.RollbackAsync();
        return id;
    }

    /// <summary>Whether the time can still be had, before the customer confirms; null when it can.</summary>
    public async Task<BookingOutcome.Gone?> LookAsync(Guid serviceId, Guid? practitionerId, DateTime start, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        BookingOutcome.Gone? gone = null;
        if (await FreeTimeFinder.OfferedAsync(db, serviceId, cancel) is { } offered
            && await FreeAsync(db, offered, practitionerId, start, practice.Zone, cancel) is null)
        {
            var why = await WhyNotAsync(offered, practitionerId, start, practice.Zone, cancel);
            gone = new BookingOutcome.Gone(why, await finder.NearestAsync(db, offered, practitionerId, start, NearestShown, cancel));
        }

        await work.RollbackAsync();
        return gone;
    }

    internal static PostgresException? Conflict(Exception e) =>
        (e as PostgresException ?? e.InnerException as PostgresException) is { } p && (Allocations.IsTaken(p) || Allocations.IsTransient(p)) ? p : null;

    private sealed record Prepared(Guid Id, Guid CustomerId, NewCard? Card, byte[]? Message, DateTime Now, PracticeFacts Practice);

    private async Task<BookingOutcome> TryAsync(Request request, Prepared prepared, CancellationToken cancel)
    {
        if (await Idempotency.ClaimAsync(work, request.Key, nameof(BookVisit), cancel) is { } earlier)
        {
            await work.RollbackAsync();
            return new BookingOutcome.Booked(Guid.Parse(earlier, CultureInfo.InvariantCulture));
        }

        var practice = prepared.Practice;
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, request.ServiceId, cancel) is not { } offered
            || (request.PractitionerId is { } wanted && offered.Practitioners.All(p => p.Id != wanted)))
        {
            await work.RollbackAsync();
            return new BookingOutcome.NotAllowed();
        }

        if (await FreeAsync(db, offered, request.PractitionerId, request.Start, practice.Zone, cancel) is not { } free)
        {
            var why = await WhyNotAsync(offered, request.PractitionerId, request.Start, practice.Zone, cancel);
            await work.RollbackAsync();
            return await GoneAsync(request, why, cancel);
        }

        var (id, customerId, now) = (prepared.Id, prepared.CustomerId, prepared.Now);
        var practitioner = offered.Practitioners.Single(p => p.Id == free.Practitioners[0]);
        var visit = new TimeRange(request.Start, request.Start + offered.Service.Shape.Duration);
        await Allocations.TakeAsync(
            work, [practitioner.Id, .. offered.Needs], visit with { To = visit.To + offered.Service.Shape.AfterBuffer }, id, cancel);

        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        if (prepared.Card is { } card)
        {
            await CustomerCards.AddAsync(db, card, cancel);
        }

        await AgreeAsync(db, customerId, request, rules, now, cancel);
        var offer = offered.Offer(practitioner.Id);
        var appointment = new Appointment
        {
            Id = id,
            PracticeId = practice.Id,
            ControllerId = practitioner.ControllerId,
            CustomerId = customerId,
            ServiceId = offered.Service.Id,
            PractitionerId = practitioner.Id,
            StartsAt = visit.From,
            EndsAt = visit.To,
            Zone = practice.Zone.Id,
            ContactMode = offered.Service.ContactMode,
            Source = AppointmentSource.Online,
            Language = request.Customer.Language,
            PriceCents = offer.PriceCents ?? offered.Service.PriceCents,
            Vat = offer.Vat ?? offered.Service.Vat,
            Message = prepared.Message,
            LinkHash = AppointmentLinks.Hash(links.Token(id)),
            IdempotencyKey = request.Key,
            BookedBy = user.UserId,
            CreatedAt = now,
            ChangedAt = now,
        };
        db.Appointments.Add(appointment);
        await db.SaveChangesAsync(cancel);
        if (prepared.Card is not null)
        {
            await projection.PatientAsync(db, customerId, cancel);
        }

        await records.LeaveAsync(
            db, appointment, "create", request.Customer.Email is null ? null : MessageKind.Confirmation, rules, request.Reminder, cancel);
        await Idempotency.CompleteAsync(work, request.Key, id.ToString(), cancel);
        await work.CommitAsync(cancel);
        return new BookingOutcome.Booked(id);
    }

    private static async Task AgreeAsync(
        BookingContext db, Guid customerId, Request request, BookingRules rules, DateTime now, CancellationToken cancel)
    {
        var agreed = new List<(ConsentPurpose Purpose, ConsentChannel Channel)> { (ConsentPurpose.Terms, ConsentChannel.None) };
        if (request.Customer.Email is not null)
        {
            agreed.AddRange(request.Reminder ? [(ConsentPurpose.Reminders, ConsentChannel.Email)] : []);
            agreed.AddRange(request.Marketing ? [(ConsentPurpose.Marketing, ConsentChannel.Email)] : []);
        }

        var inForce = await db.Consents.AsNoTracking().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).ToListAsync(cancel);
        db.Consents.AddRange(agreed.Where(a => !inForce.Any(c => (c.Purpose, c.Channel) == a)).Select(a => new ConsentRow
        {
            CustomerId = customerId,
            Purpose = a.Purpose,
            Channel = a.Channel,
            GivenAt = now,
            Source = ConsentSource.OnlineBooking,
            TextVersion = rules.TermsVersion,
        }));
    }

    private async Task<FreeTime?> FreeAsync(
        BookingContext db, OfferedService offered, Guid? practitionerId, DateTime start, TimeZoneInfo zone, CancellationToken cancel) =>
        (await finder.FindAsync(db, offered, practitionerId, WallTime.LocalDate(start, zone), 1, cancel)).SelectMany(d => d.Times).FirstOrDefault(t => t.Start == start);

    private async Task<TimeGone> WhyNotAsync(OfferedService offered, Guid? practitionerId, DateTime start, TimeZoneInfo zone, CancellationToken cancel)
    {
        if (start < clock.GetUtcNow().UtcDateTime.AddMinutes(offered.Service.NoticeMinutes))
        {
            return TimeGone.TooLate;
        }

        var ids = offered.Practitioners.Where(p => practitionerId is null || p.Id == practitionerId).Select(p => p.Id).Concat(offered.Needs).ToList();
        var busy = await Calendars.BusyAsync(work, ids, WallTime.Day(WallTime.LocalDate(start, zone), zone), null, cancel);
        var visit = new TimeRange(start, start + offered.Service.Shape.Duration + offered.Service.Shape.AfterBuffer);
        return busy.Values.Any(b => b.Any(visit.Overlaps)) ? TimeGone.Taken : TimeGone.NotOffered;
    }

    private async Task<BookingOutcome> GoneAsync(Request request, TimeGone why, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, request.ServiceId, cancel) is not { } offered)
        {
            return new BookingOutcome.NotAllowed();
        }

        return new BookingOutcome.Gone(why, await finder.NearestAsync(db, offered, request.PractitionerId, request.Start, NearestShown, cancel));
    }
}
