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

namespace Booking.Appointments;

/// <summary>Staff book any service at any time: a walk-in, a phone contact, a home visit; over another visit only with a reason.</summary>
internal sealed class StaffBook(
    UnitOfWork work, PracticeDirectory directory, FreeTimeFinder finder, CustomerCards cards, BookingProjection projection, AppointmentRecords records,
    AppointmentLinks links, CurrentUser user, TimeProvider clock)
{
    private const int NearestShown = 5;

    internal sealed record Request
    {
        public required Guid Key { get; init; }

        /// <summary>The id that the appointment is to have; null: a new one.</summary>
        public Guid? Id { get; init; }

        public required Guid ServiceId { get; init; }

        public required Guid PractitionerId { get; init; }

        public required DateTime Start { get; init; }

        public int? Minutes { get; init; }

        public required ContactMode ContactMode { get; init; }

        /// <summary>An existing card; null: a new one from <see cref="NewCustomer"/>.</summary>
        public Guid? CustomerId { get; init; }

        public CustomerDetails? NewCustomer { get; init; }

        /// <summary>True for a walk-in: the person is here already.</summary>
        public bool Arrived { get; init; }

        /// <summary>Puts the visit over another one; the time is then not blocked a second time.</summary>
        public string? OverlapReason { get; init; }

        /// <summary>Send the customer a confirmation and a reminder.</summary>
        public bool Notify { get; init; }
    }

    public async Task<BookingOutcome> HandleAsync(Request request, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var card = request.CustomerId is null && request.NewCustomer is { } details
            ? await cards.PrepareAsync(practice.Id, details, CustomerSource.Staff, clock.GetUtcNow().UtcDateTime, cancel)
            : null;
        try
        {
            return await TryAsync(request, card, practice, cancel);
        }
        catch (Exception e) when (BookVisit.Conflict(e) is not null)
        {
            await work.RollbackAsync();
            return await GoneAsync(request, cancel);
        }
    }

    private async Task<BookingOutcome> TryAsync(Request request, NewCard? card, PracticeFacts practice, CancellationToken cancel)
    {
        if (await Idempotency.ClaimAsync(work, request.Key, nameof(StaffBook), cancel) is { } earlier)
        {
            await work.RollbackAsync();
            return new BookingOutcome.Booked(Guid.Parse(earlier, CultureInfo.InvariantCulture));
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var offered = await FreeTimeFinder.OfferedAsync(db, request.ServiceId, cancel, online: false);
        var practitioner = offered?.Practitioners.SingleOrDefault(p => p.Id == request.PractitionerId);
        var existing = request.CustomerId is { } known ? await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == known, cancel) : null;
        if (offered is null || practitioner is null || (existing is null && card is null))
        {
            await work.RollbackAsync();
            return new BookingOutcome.NotAllowed();
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var id = request.Id ?? Guid.CreateVersion7();
        var visit = new TimeRange(request.Start, request.Start.AddMinutes(request.Minutes ?? offered.Service.DurationMinutes));
        if (request.OverlapReason is null)
        {
            var resources = new List<Guid> { practitioner.Id };
            resources.AddRange(request.ContactMode == ContactMode.InPerson ? offered.Needs : []);
            await Allocations.TakeAsync(work, resources, await BlockedAsync(resources, visit, offered.Service, cancel), id, cancel);
        }

        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        if (card is not null)
        {
            await CustomerCards.AddAsync(db, card, cancel);
        }

        var customer = existing ?? card!.Customer;
        var offer = offered.Offer(practitioner.Id);
        var appointment = new Appointment
        {
            Id = id,
            PracticeId = practice.Id,
            ControllerId = practitioner.ControllerId,
            CustomerId = customer.Id,
            ServiceId = offered.Service.Id,
            PractitionerId = practitioner.Id,
            Status = request.Arrived ? AppointmentStatus.Arrived : AppointmentStatus.Booked,
            StartsAt = visit.From,
            EndsAt = visit.To,
            Zone = practice.Zone.Id,
            ContactMode = request.ContactMode,
            Source = AppointmentSource.Staff,
            Language = customer.Language,
            PriceCents = offer.PriceCents ?? offered.Service.PriceCents,
            Vat = offer.Vat ?? offered.Service.Vat,
            OverlapReason = request.OverlapReason,
            LinkHash = AppointmentLinks.Hash(links.Token(id)),
            IdempotencyKey = request.Key,
            BookedBy = user.UserId,
            CreatedAt = now,
            ChangedAt = now,
        };
        db.Appointments.Add(appointment);
        await db.SaveChangesAsync(cancel);
        if (card is not null)
        {
            await projection.PatientAsync(db, customer.Id, cancel);
        }

        var told = request.Notify && customer.Email is not null && visit.From > now;
        await records.LeaveAsync(db, appointment, "create", told ? MessageKind.Confirmation : null, rules, remind: true, cancel);
        await Idempotency.CompleteAsync(work, request.Key, id.ToString(), cancel);
        await work.CommitAsync(cancel);
        return new BookingOutcome.Booked(id);
    }

    // Staff may use the last minutes before another visit: the buffer gives way, the visit itself does not.
    private async Task<TimeRange> BlockedAsync(List<Guid> resources, TimeRange visit, Service service, CancellationToken cancel)
    {
        var whole = visit with { To = visit.To.AddMinutes(service.BufferMinutes) };
        var busy = await Calendars.BusyAsync(work, resources, whole, null, cancel);
        var next = busy.Values.SelectMany(b => b).Where(b => b.From >= visit.To).Select(b => b.From).DefaultIfEmpty(whole.To).Min();
        return whole with { To = next };
    }

    private async Task<BookingOutcome> GoneAsync(Request request, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        return await FreeTimeFinder.OfferedAsync(db, request.ServiceId, cancel, online: false) is { } offered
            ? new BookingOutcome.Gone(
                TimeGone.Taken, await finder.NearestAsync(db, offered, request.PractitionerId, request.Start, NearestShown, cancel))
            : new BookingOutcome.NotAllowed();
    }
}
