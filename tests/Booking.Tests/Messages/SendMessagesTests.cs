using Booking.Appointments;
using Booking.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Messages;

public sealed class SendMessagesTests(BookingDatabase database) : IClassFixture<BookingDatabase>
{
    [Fact]
    public async Task HandleAsync_Booking_SendsConfirmationWithInvitationAndNoTreatment()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var id = await BookAsync(world, "ics@example.fi", BookingWorld.At(26, 10));
        await SendAsync(world);
        var mail = world.Mails.Sent.Where(m => m.To == "ics@example.fi").ShouldHaveSingleItem();
        mail.Subject.ShouldStartWith("Aikasi on varattu: 26.11.2026 klo 10.00");
        mail.Calendar!.Method.ShouldBe("REQUEST");
        mail.Calendar.Content.ShouldContain("UID:" + id);
        mail.Calendar.Content.ShouldContain("SEQUENCE:0");
        (mail.Text + mail.Subject + mail.Calendar.Content).ShouldNotContain("terapia", Case.Insensitive);
        var token = await world.InScopeAsync(p => Task.FromResult(p.GetRequiredService<AppointmentLinks>().Token(id)));
        mail.Text.ShouldContain($"https://booking.example.fi/booking/{token}");
        var row = await world.DbAsync(db => db.Appointments.SingleAsync(a => a.Id == id));
        AppointmentLinks.Hash(token).ShouldBe(row.LinkHash);
    }

    [Fact]
    public async Task HandleAsync_ReminderAfterMove_ComesOnceForTheNewTime()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var id = await BookAsync(world, "move@example.fi", BookingWorld.At(26, 10));
        await world.InScopeAsync(p => p.GetRequiredService<ChangeVisit>().MoveAsync(id, BookingWorld.At(27, 12), true, true, default));
        world.Clock.Advance(TimeSpan.FromDays(2) + TimeSpan.FromHours(3));
        await SendAsync(world);
        world.Clock.Advance(TimeSpan.FromDays(1));
        await SendAsync(world);
        world.Mails.Sent.Where(m => m.To == "move@example.fi").Select(m => m.Subject.Split(':')[0]).ShouldBe(["Aikasi on siirretty", "Muistutus ajastasi"]);
        (await world.DbAsync(db => db.Outbox.Where(m => m.AppointmentId == id && m.State == MessageState.Skipped).Select(m => m.Reason).ToListAsync()))
            .ShouldAllBe(r => r == "changed");
    }

    [Fact]
    public async Task HandleAsync_Cancelled_SendsCancellationInsteadOfReminder()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var id = await BookAsync(world, "cancel@example.fi", BookingWorld.At(26, 11));
        await SendAsync(world);
        await world.InScopeAsync(p => p.GetRequiredService<ChangeVisit>().CancelAsync(id, CancelledBy.Customer, true, default));
        world.Clock.Advance(TimeSpan.FromDays(3));
        await SendAsync(world);
        var mails = world.Mails.Sent.Where(m => m.To == "cancel@example.fi").ToList();
        mails.Select(m => m.Calendar?.Method).ShouldBe(["REQUEST", "CANCEL"]);
        mails[1].Calendar!.Content.ShouldContain("SEQUENCE:1");
    }

    [Fact]
    public async Task HandleAsync_ServerRefusesForGood_GivesUp_ForNow_WaitsAndTriesAgain()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        world.Mails.Refusal = new MailNotSentException("later", isPermanent: false);
        var id = await BookAsync(world, "later@example.fi", BookingWorld.At(26, 12));
        await SendAsync(world);
        (await ConfirmationAsync(world, id)).State.ShouldBe(MessageState.Waiting);
        await using (var due = database.DataSource.CreateCommand("update booking.outbox_message set lease_until = now() - interval '1 second' where state = 'waiting' and lease_until is not null"))
        {
            await due.ExecuteNonQueryAsync();
        }

        world.Mails.Refusal = new MailNotSentException("no such mailbox", isPermanent: true);
        await SendAsync(world);
        var failed = await ConfirmationAsync(world, id);
        (failed.State, failed.Attempts).ShouldBe((MessageState.Failed, 2));
    }

    [Fact]
    public async Task HandleAsync_SeveralNodesAtOnce_SendEachMessageOnce()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        await BookAsync(world, "nodes@example.fi", BookingWorld.At(26, 13));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => SendAsync(world))));
        world.Mails.Sent.Count(m => m.To == "nodes@example.fi").ShouldBe(1);
    }

    private static Task<int> SendAsync(BookingWorld world) => world.InScopeAsync(p => p.GetRequiredService<SendMessages>().HandleAsync(default));

    private static Task<OutboxMessage> ConfirmationAsync(BookingWorld world, Guid id) =>
        world.DbAsync(db => db.Outbox.SingleAsync(m => m.AppointmentId == id && m.Kind == MessageKind.Confirmation));

    private static async Task<Guid> BookAsync(BookingWorld world, string email, DateTime start)
    {
        var (practitioner, service) = await world.PractitionerAsync();
        var wish = BookingWorld.Wish(service, practitioner, start) with { Customer = BookingWorld.Aino() with { Email = email } };
        return (await world.BookAsync(wish)).ShouldBeOfType<BookingOutcome.Booked>().AppointmentId;
    }
}
