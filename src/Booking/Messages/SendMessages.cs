using Booking.Appointments;
using Booking.Customers;
using Booking.Services;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Messages;

/// <summary>
/// Sends what is due, in three short steps: claim under a lease, send outside any transaction, record where the lease is still ours. A node that dies
/// between the last two leaves a message that is sent again when its lease ends: a mail twice rather than never.
/// </summary>
internal sealed class SendMessages(
    UnitOfWork work, PracticeDirectory directory, CustomerCards cards, AppointmentMails mails, IMailer mailer, AccessLog log, CurrentUser user,
    TimeProvider clock, ILogger<SendMessages> logger)
{
    private const int BatchSize = 20;
    private const int MostAttempts = 8;

    private sealed record Claimed(Guid Id, Guid AppointmentId, MessageKind Kind, int Version, int Attempts);

    /// <summary>One batch; returns how many messages were settled or put off.</summary>
    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        user.Become(null, "CareRecords", UserRole.System);
        var lease = Guid.CreateVersion7();
        var claimed = await ClaimAsync(lease, cancel);
        foreach (var message in claimed)
        {
            await SettleAsync(message, lease, cancel);
        }

        return claimed.Count;
    }

    private async Task<List<Claimed>> ClaimAsync(Guid lease, CancellationToken cancel)
    {
        var claimed = await work.QueryAsync(
            """
            update booking.outbox_message set lease_token = $1, lease_until = now() + interval '2 minutes', attempts = attempts + 1
            where id in (
              select id from booking.outbox_message
              where state = 'waiting' and due_at <= $2 and (lease_until is null or lease_until <= now())
              order by due_at limit $3 for update skip locked)
            returning id, appointment_id, kind, appointment_version, attempts
            """,
            r => new Claimed(r.GetGuid(0), r.GetGuid(1), Enum.Parse<MessageKind>(r.GetString(2), ignoreCase: true), r.GetInt32(3), r.GetInt32(4)),
            cancel, lease, clock.GetUtcNow().UtcDateTime, BatchSize);
        await work.CommitAsync(cancel);
        return claimed;
    }

    private async Task SettleAsync(Claimed message, Guid lease, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (mail, why, patient) = await PrepareAsync(message, now, cancel);
        await work.RollbackAsync();
        if (mail is null)
        {
            await RecordAsync(message, lease, MessageState.Skipped, why, patient, cancel);
            return;
        }

        try
        {
            await mailer.SendAsync(mail, cancel);
        }
        catch (MailNotSentException e)
        {
            var final = e.IsPermanent || message.Attempts >= MostAttempts;
            logger.LogWarning(e, "Message {Message} was not sent (attempt {Attempt}, final {Final})", message.Id, message.Attempts, final);
            if (final)
            {
                await RecordAsync(message, lease, MessageState.Failed, e.IsPermanent ? "refused" : "tried too often", patient, cancel);
            }
            else
            {
                await PutOffAsync(message, lease, cancel);
            }

            return;
        }

        await RecordAsync(message, lease, MessageState.Sent, "", patient, cancel);
    }

    // What was true when the message was written may no longer be: the appointment is read again.
    private async Task<(Mail? Mail, string Why, string Patient)> PrepareAsync(Claimed message, DateTime now, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var appointment = await db.Appointments.AsNoTracking().SingleAsync(a => a.Id == message.AppointmentId, cancel);
        var patient = appointment.CustomerId.ToString();
        if (MessagePlan.Outdated(message.Kind, message.Version, appointment, now) is { } why)
        {
            return (null, why, patient);
        }

        if (message.Kind == MessageKind.Reminder && appointment.Source == AppointmentSource.Online
            && !await db.Consents.AnyAsync(c => c.CustomerId == appointment.CustomerId && c.Purpose == ConsentPurpose.Reminders && c.WithdrawnAt == null, cancel))
        {
            return (null, "withdrawn", patient);
        }

        var customer = await db.Customers.AsNoTracking().SingleAsync(c => c.Id == appointment.CustomerId, cancel);
        if ((await cards.ReadWithContactsAsync(customer, cancel)).Details?.Email is not { } address)
        {
            return (null, "no address", patient);
        }

        var practice = await directory.GetAsync(cancel);
        var rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        return (mails.Compose(message.Kind, appointment, address, rules, practice, now), "", patient);
    }

    private async Task RecordAsync(Claimed message, Guid lease, MessageState state, string why, string patient, CancellationToken cancel)
    {
        var mine = await work.ExecuteAsync(
            """
            update booking.outbox_message set state = $3, reason = $4, settled_at = $5, lease_token = null, lease_until = null
            where id = $1 and lease_token = $2
            """,
            cancel, message.Id, lease, BookingContext.SnakeCase(state.ToString()), why, clock.GetUtcNow().UtcDateTime);
        if (mine == 1 && state == MessageState.Sent)
        {
            await log.RecordAsync(
                work,
                new AccessEntry
                {
                    Interaction = "send",
                    ResourceType = "MessageOutbox",
                    ResourceId = message.Id.ToString(),
                    PatientIds = [patient],
                    Purpose = "booking",
                    Detail = message.Kind.ToString(),
                },
                cancel);
        }

        await work.CommitAsync(cancel);
    }

    private async Task PutOffAsync(Claimed message, Guid lease, CancellationToken cancel)
    {
        await work.ExecuteAsync(
            """
            update booking.outbox_message set lease_token = null, lease_until = now() + $3 * interval '1 minute'
            where id = $1 and lease_token = $2
            """,
            cancel, message.Id, lease, Math.Pow(2, message.Attempts - 1));
        await work.CommitAsync(cancel);
    }
}
