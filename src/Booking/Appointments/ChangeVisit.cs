using Booking.Availability;
using Booking.Messages;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Appointments;

/// <summary>Cancels and moves booked visits, and records that the customer came or did not.</summary>
internal sealed class ChangeVisit(
    UnitOfWork work, PracticeDirectory directory, FreeTimeFinder finder, AppointmentRecords records, TimeProvider clock)
{
    private const int NearestShown = 5;

    /// <summary>Cancels; a customer only until the deadline. Cancelling again changes nothing and answers the same.</summary>
    /// <param name="mistake">It never was: also one that is cancelled already becomes entered in error.</param>
    public async Task<BookingOutcome> CancelAsync(Guid appointmentId, CancelledBy by, bool notify, CancellationToken cancel, bool mistake = false)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await LockedAsync(db, appointmentId, cancel) is not { } appointment)
        {
            return new BookingOutcome.NotAllowed();
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var rules = await PracticeRules.ReadAsync(db, appointment.PracticeId, cancel);
        if (appointment.Status == AppointmentStatus.Cancelled && (!mistake || appointment.EnteredInError))
        {
            return new BookingOutcome.Booked(appointmentId);
        }

        if (appointment.Status is AppointmentStatus.Done or AppointmentStatus.NoShow)
        {
            return new BookingOutcome.NotAllowed();
        }

        if (by == CancelledBy.Customer && !Deadlines.MayCancel(appointment, rules, now))
        {
            return new BookingOutcome.DeadlinePassed();
        }

        // Whose appointment was cancelled before has been told.
        var toldBefore = appointment.Status == AppointmentStatus.Cancelled;
        await Allocations.ReleaseAsync(work, appointmentId, cancel);
        appointment.Status = AppointmentStatus.Cancelled;
        appointment.CancelledAt ??= now;
        appointment.CancelledBy ??= by;
        appointment.EnteredInError = mistake;
        Touch(appointment, now);
        await db.SaveChangesAsync(cancel);
        var told = notify && !toldBefore && await HasEmailAsync(db, appointment, cancel);
        await records.LeaveAsync(db, appointment, "update", told ? MessageKind.Cancelled : null, rules, remind: false, cancel);
        await work.CommitAsync(cancel);
        return new BookingOutcome.Booked(appointmentId);
    }

    /// <summary>Moves a visit to another free time of its practitioner; a customer only until the deadline.</summary>
    /// <param name="byCustomer">False: staff, whose deadline never passes.</param>
    public async Task<BookingOutcome> MoveAsync(Guid appointmentId, DateTime start, bool byCustomer, bool notify, CancellationToken cancel)
    {
        try
        {
            return await TryMoveAsync(appointmentId, start, byCustomer, notify, cancel);
        }
        catch (Exception e) when (BookVisit.Conflict(e) is not null)
        {
            await work.RollbackAsync();
            return await GoneAsync(appointmentId, start, TimeGone.Taken, cancel);
        }
    }

    /// <summary>Arrived, done or no-show; a no-show's time is given back.</summary>
    public async Task<bool> RecordAsync(Guid appointmentId, AppointmentStatus status, CancellationToken cancel)
    {
        var recorded = await RecordInAsync(appointmentId, status, cancel);
        await work.CommitAsync(cancel);
        return recorded;
    }

    /// <summary>The same as a part of a larger use case: in the open transaction, which the caller commits.</summary>
    public async Task<bool> RecordInAsync(Guid appointmentId, AppointmentStatus status, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (status is AppointmentStatus.Cancelled || await LockedAsync(db, appointmentId, cancel) is not { Status: not AppointmentStatus.Cancelled } appointment)
        {
            return false;
        }

        if (appointment.Status == status)
        {
            return true;
        }

        if (status == AppointmentStatus.NoShow)
        {
            await Allocations.ReleaseAsync(work, appointmentId, cancel);
        }

        appointment.Status = status;
        appointment.ChangedAt = clock.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancel);
        var rules = await PracticeRules.ReadAsync(db, appointment.PracticeId, cancel);
        await records.LeaveAsync(db, appointment, "update", null, rules, remind: false, cancel);
        return true;
    }

    private async Task<BookingOutcome> TryMoveAsync(Guid appointmentId, DateTime start, bool byCustomer, bool notify, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await LockedAsync(db, appointmentId, cancel) is not { Status: AppointmentStatus.Booked } appointment
            || await FreeTimeFinder.OfferedAsync(db, appointment.ServiceId, cancel, online: byCustomer) is not { } offered)
        {
            return new BookingOutcome.NotAllowed();
        }

        if (appointment.StartsAt == start)
        {
            return new BookingOutcome.Booked(appointmentId);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var practice = await directory.GetAsync(cancel);
        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        if (byCustomer && !Deadlines.MayMove(appointment, rules, now))
        {
            return new BookingOutcome.DeadlinePassed();
        }

        var days = await finder.FindAsync(
            db, offered, appointment.PractitionerId, WallTime.LocalDate(start, practice.Zone), 1, cancel, except: appointmentId);
        if (byCustomer && !days.SelectMany(d => d.Times).Any(t => t.Start == start))
        {
            await work.RollbackAsync();
            return await GoneAsync(appointmentId, start, start <= now ? TimeGone.TooLate : TimeGone.Taken, cancel);
        }

        var length = appointment.EndsAt - appointment.StartsAt;
        await Allocations.ReleaseAsync(work, appointmentId, cancel);
        await Allocations.TakeAsync(
            work, [appointment.PractitionerId, .. offered.Needs], new TimeRange(start, start + length + offered.Service.Shape.AfterBuffer), appointmentId, cancel);
        appointment.StartsAt = start;
        appointment.EndsAt = start + length;
        appointment.OverlapReason = null;
        Touch(appointment, now);
        await db.SaveChangesAsync(cancel);
        var told = notify && await HasEmailAsync(db, appointment, cancel);
        await records.LeaveAsync(db, appointment, "update", told ? MessageKind.Moved : null, rules, remind: true, cancel);
        await work.CommitAsync(cancel);
        return new BookingOutcome.Booked(appointmentId);
    }

    private async Task<BookingOutcome> GoneAsync(Guid appointmentId, DateTime start, TimeGone why, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var appointment = await db.Appointments.AsNoTracking().SingleAsync(a => a.Id == appointmentId, cancel);
        return await FreeTimeFinder.OfferedAsync(db, appointment.ServiceId, cancel, online: false) is { } offered
            ? new BookingOutcome.Gone(why, await finder.NearestAsync(db, offered, appointment.PractitionerId, start, NearestShown, cancel))
            : new BookingOutcome.NotAllowed();
    }

    private async Task<Appointment?> LockedAsync(BookingContext db, Guid id, CancellationToken cancel)
    {
        await work.ExecuteAsync("select 1 from booking.appointment where id = $1 for update", cancel, id);
        return await db.Appointments.SingleOrDefaultAsync(a => a.Id == id, cancel);
    }

    private static Task<bool> HasEmailAsync(BookingContext db, Appointment appointment, CancellationToken cancel) =>
        db.Customers.AnyAsync(c => c.Id == appointment.CustomerId && c.Email != null, cancel);

    private static void Touch(Appointment appointment, DateTime now)
    {
        appointment.Version++;
        appointment.ChangedAt = now;
    }
}
