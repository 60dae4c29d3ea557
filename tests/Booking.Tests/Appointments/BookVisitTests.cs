using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Services;
using CareRecords.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Appointments;

public sealed class BookVisitTests(BookingDatabase database) : IClassFixture<BookingDatabase>
{
    [Theory]
    [InlineData(2), InlineData(16), InlineData(64)]
    public async Task HandleAsync_ManyBookersForOneTime_ExactlyOneGetsIt(int bookers)
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var start = BookingWorld.At(25, 10);
        using var gate = new SemaphoreSlim(0);

        var contest = Enumerable.Range(0, bookers).Select(_ => Task.Run(async () =>
        {
            await gate.WaitAsync();
            return await world.BookAsync(BookingWorld.Wish(service, practitioner, start));
        })).ToList();
        gate.Release(bookers);
        var outcomes = await Task.WhenAll(contest);

        outcomes.OfType<BookingOutcome.Booked>().ShouldHaveSingleItem();
        var losers = outcomes.OfType<BookingOutcome.Gone>().ToList();
        losers.Count.ShouldBe(bookers - 1);
        losers.ShouldAllBe(l => l.Why == TimeGone.Taken && l.Nearest.Count == 5 && l.Nearest.All(t => t.Start != start));
        (await world.DbAsync(db => db.Appointments.CountAsync(a => a.PractitionerId == practitioner.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task HandleAsync_OverlappingTimesOfDifferentLength_OnlyOneIsAllocated()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync(buffer: 30);
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)))).ShouldBeOfType<BookingOutcome.Booked>();
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 11)))).ShouldBeOfType<BookingOutcome.Gone>();
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 9)))).ShouldBeOfType<BookingOutcome.Gone>("its buffer would run into the visit at ten");
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 12)))).ShouldBeOfType<BookingOutcome.Booked>();
    }

    [Fact]
    public async Task HandleAsync_SameKeyManyTimesAtOnce_GivesTheSameBooking()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var wish = BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.BookAsync(wish))));
        outcomes.ShouldAllBe(o => o is BookingOutcome.Booked);
        outcomes.Distinct().ShouldHaveSingleItem();
        (await world.DbAsync(db => db.Appointments.CountAsync(a => a.PractitionerId == practitioner.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task HandleAsync_AnyPractitioner_FillsAllCalendarsBeforeItRefuses()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (first, service) = await world.PractitionerAsync();
        var (second, _) = await world.PractitionerAsync();
        await world.InScopeAsync(async p =>
        {
            var work = p.GetRequiredService<UnitOfWork>();
            await using var db = await BookingContext.OnAsync(work, default);
            db.Add(new ServiceOffer { ServiceId = service.Id, PractitionerId = second.Id });
            await db.SaveChangesAsync();
            await work.CommitAsync();
        });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => world.BookAsync(BookingWorld.Wish(service, null, BookingWorld.At(26, 9))))));
        outcomes.Count(o => o is BookingOutcome.Booked).ShouldBe(2);
        (await world.DbAsync(db => db.Appointments.Where(a => a.ServiceId == service.Id).Select(a => a.PractitionerId).ToListAsync()))
            .ShouldBe([first.Id, second.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task HandleAsync_Booking_WritesCardConsentsMessagesAndLogTogether()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var id = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(26, 10)) with { Marketing = true, Message = "Selkä" });

        var appointment = await world.DbAsync(db => db.Appointments.SingleAsync(a => a.Id == id));
        appointment.EndsAt.ShouldBe(BookingWorld.At(26, 11));
        System.Text.Encoding.UTF8.GetString(appointment.Message!).ShouldNotContain("Selkä");
        var row = await world.DbAsync(db => db.Customers.SingleAsync(c => c.Id == appointment.CustomerId));
        var card = await world.InScopeAsync(p => p.GetRequiredService<CustomerCards>().ReadAsync(row, default));
        card.Details.ShouldBe(BookingWorld.Aino());
        (await world.DbAsync(db => db.Consents.Where(c => c.CustomerId == row.Id).Select(c => c.Purpose).ToListAsync()))
            .ShouldBe([ConsentPurpose.Terms, ConsentPurpose.Reminders, ConsentPurpose.Marketing], ignoreOrder: true);
        (await world.DbAsync(db => db.Outbox.Where(m => m.AppointmentId == id).OrderBy(m => m.DueAt).Select(m => m.Kind).ToListAsync()))
            .ShouldBe([MessageKind.Confirmation, MessageKind.Reminder]);
        await using var leaves = database.DataSource.CreateCommand(
            $"select count(*) from care.access_leaf l join care.access_leaf_patient p on p.leaf_id = l.id where resource_id = '{id}' and p.patient_id = '{row.Id}'");
        (await leaves.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task HandleAsync_KnownAddress_LeavesTheOldCardAsItWas()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var details = BookingWorld.Aino() with { Email = "same@example.fi", Phone = null };
        var first = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(26, 8)) with { Customer = details });
        var second = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(26, 9)) with { Customer = details with { FamilyName = "Toinen" } });

        var cards = await world.DbAsync(db => db.Appointments.Where(a => a.Id == first || a.Id == second).OrderBy(a => a.StartsAt)
            .Join(db.Customers, a => a.CustomerId, c => c.Id, (a, c) => c).ToListAsync());
        cards[0].Id.ShouldNotBe(cards[1].Id);
        cards.Select(c => c.PossibleDuplicate).ShouldBe([false, true]);
        cards[0].Version.ShouldBe(1);
        var old = await world.InScopeAsync(p => p.GetRequiredService<CustomerCards>().ReadAsync(cards[0], default));
        old.Details!.FamilyName.ShouldBe("Virtanen");
    }

    [Theory]
    [InlineData(23, 8, TimeGone.TooLate), InlineData(22, 10, TimeGone.TooLate), InlineData(23, 11, TimeGone.TooLate)]
    [InlineData(25, 20, TimeGone.NotOffered), InlineData(25, 3, TimeGone.NotOffered)]
    internal async Task HandleAsync_PastOrForeignTime_IsRefusedWithNearestTimes(int day, int hour, TimeGone why)
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var outcome = await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(day, hour)));
        var gone = outcome.ShouldBeOfType<BookingOutcome.Gone>();
        gone.Why.ShouldBe(why);
        gone.Nearest.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task HandleAsync_UnknownServiceOrForeignPractitioner_IsNotAllowed()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var (stranger, _) = await world.PractitionerAsync();
        var wish = BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10));
        (await world.BookAsync(wish with { ServiceId = Guid.CreateVersion7() })).ShouldBeOfType<BookingOutcome.NotAllowed>();
        (await world.BookAsync(wish with { PractitionerId = stranger.Id })).ShouldBeOfType<BookingOutcome.NotAllowed>();
    }

    [Fact]
    public async Task HandleAsync_ExpiredHold_DoesNotStandInTheWay_ButALiveOneDoes()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        await HoldAsync(practitioner.Id, BookingWorld.At(25, 10), "now() - interval '1 second'");
        await HoldAsync(practitioner.Id, BookingWorld.At(25, 12), "now() + interval '5 minutes'");
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)))).ShouldBeOfType<BookingOutcome.Booked>();
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 12)))).ShouldBeOfType<BookingOutcome.Gone>();
    }

    [Fact]
    public async Task CancelAsync_BeforeTheDeadline_GivesTheTimeBack()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var id = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)));
        (await ChangeAsync(world, c => c.CancelAsync(id, CancelledBy.Customer, true, default))).ShouldBeOfType<BookingOutcome.Booked>();
        (await ChangeAsync(world, c => c.CancelAsync(id, CancelledBy.Customer, true, default))).ShouldBeOfType<BookingOutcome.Booked>("cancelling twice answers the same");
        (await world.DbAsync(db => db.Appointments.SingleAsync(a => a.Id == id))).Version.ShouldBe(2);
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)))).ShouldBeOfType<BookingOutcome.Booked>();
    }

    [Fact]
    public async Task CancelAsync_AfterTheDeadline_IsForThePracticeOnly()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var id = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(24, 9)));
        (await ChangeAsync(world, c => c.CancelAsync(id, CancelledBy.Customer, true, default))).ShouldBeOfType<BookingOutcome.DeadlinePassed>();
        (await ChangeAsync(world, c => c.MoveAsync(id, BookingWorld.At(26, 9), true, true, default))).ShouldBeOfType<BookingOutcome.DeadlinePassed>();
        (await ChangeAsync(world, c => c.CancelAsync(id, CancelledBy.Practice, true, default))).ShouldBeOfType<BookingOutcome.Booked>();
    }

    [Fact]
    public async Task MoveAsync_ToFreeTime_KeepsTheBookingAndFreesTheOldTime_ToTakenTime_ChangesNothing()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var id = await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)));
        await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 12)));
        var refused = await ChangeAsync(world, c => c.MoveAsync(id, BookingWorld.At(25, 12), true, true, default));
        refused.ShouldBeOfType<BookingOutcome.Gone>().Why.ShouldBe(TimeGone.Taken);
        (await ChangeAsync(world, c => c.MoveAsync(id, BookingWorld.At(25, 14), true, true, default))).ShouldBeOfType<BookingOutcome.Booked>();
        var moved = await world.DbAsync(db => db.Appointments.SingleAsync(a => a.Id == id));
        (moved.StartsAt, moved.EndsAt, moved.Version).ShouldBe((BookingWorld.At(25, 14), BookingWorld.At(25, 15), 2));
        (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)))).ShouldBeOfType<BookingOutcome.Booked>();
    }

    [Fact]
    public async Task StaffBook_OverAnotherVisit_NeedsAReason()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        await BookAsync(world, BookingWorld.Wish(service, practitioner, BookingWorld.At(25, 10)));
        var request = new StaffBook.Request
        {
            Key = Guid.CreateVersion7(),
            ServiceId = service.Id,
            PractitionerId = practitioner.Id,
            Start = BookingWorld.At(25, 10, 30),
            ContactMode = ContactMode.Phone,
            NewCustomer = BookingWorld.Aino(),
        };
        (await StaffAsync(world, request)).ShouldBeOfType<BookingOutcome.Gone>();
        (await StaffAsync(world, request with { OverlapReason = "kiireellinen" })).ShouldBeOfType<BookingOutcome.Booked>();
        (await StaffAsync(world, request with { Key = Guid.CreateVersion7(), Start = BookingWorld.At(25, 22), Arrived = true }))
            .ShouldBeOfType<BookingOutcome.Booked>("staff are not bound to the working hours");
    }

    private static async Task<Guid> BookAsync(BookingWorld world, BookVisit.Request wish) =>
        (await world.BookAsync(wish)).ShouldBeOfType<BookingOutcome.Booked>().AppointmentId;

    private static Task<BookingOutcome> ChangeAsync(BookingWorld world, Func<ChangeVisit, Task<BookingOutcome>> act) =>
        world.InScopeAsync(p => act(p.GetRequiredService<ChangeVisit>()));

    private static Task<BookingOutcome> StaffAsync(BookingWorld world, StaffBook.Request request) =>
        world.InScopeAsync(p => p.GetRequiredService<StaffBook>().HandleAsync(request, default));

    private async Task HoldAsync(Guid resource, DateTime start, string expires)
    {
        await using var hold = database.DataSource.CreateCommand(
            $"insert into booking.allocation (resource_id, kind, during, expires_at) values ('{resource}', 'hold', tstzrange($1, $2), {expires})");
        hold.Parameters.Add(new() { Value = start });
        hold.Parameters.Add(new() { Value = start.AddHours(1) });
        await hold.ExecuteNonQueryAsync();
    }
}
