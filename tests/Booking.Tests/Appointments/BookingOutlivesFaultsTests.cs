using Booking.Appointments;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Appointments;

/// <summary>Connections are cut by the server at any moment, as when it is killed and started again.</summary>
public sealed class BookingOutlivesFaultsTests(BookingDatabase database) : IClassFixture<BookingDatabase>
{
    [Fact]
    public async Task HandleAsync_ConnectionsCutAllTheTime_EveryAcknowledgedBookingStandsOnce()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        using var over = new CancellationTokenSource();
        var cutter = CutAsync(over.Token);
        var failures = 0;
        var acknowledged = new Dictionary<Guid, Guid>();
        for (var n = 0; n < 24; n++)
        {
            var wish = BookingWorld.Wish(service, practitioner, BookingWorld.At(25 + (n / 8), 8 + (n % 8)));
            // The customer sends the same form again until she gets an answer.
            for (var answered = false; !answered;)
            {
                try
                {
                    acknowledged[wish.Key] = (await world.BookAsync(wish)).ShouldBeOfType<BookingOutcome.Booked>().AppointmentId;
                    answered = true;
                }
                catch (Exception e) when (e is NpgsqlException or DbUpdateException or InvalidOperationException or IOException)
                {
                    failures++;
                }
            }
        }

        await over.CancelAsync();
        await cutter;
        failures.ShouldBeGreaterThan(0, "nothing was cut: the test shows nothing");
        var stored = await world.DbAsync(db => db.Appointments.Where(a => a.PractitionerId == practitioner.Id).ToDictionaryAsync(a => a.IdempotencyKey, a => a.Id));
        stored.ShouldBe(acknowledged, ignoreOrder: true);
        await using var lost = database.DataSource.CreateCommand(
            $"""
            select count(*) from booking.appointment a where practitioner_id = '{practitioner.Id}'
              and (not exists (select from booking.allocation l where l.appointment_id = a.id)
                or not exists (select from care.resource r where r.type = 'Appointment' and r.id = a.id::text)
                or not exists (select from care.resource r where r.type = 'Patient' and r.id = a.customer_id::text)
                or not exists (select from booking.outbox_message m where m.appointment_id = a.id)
                or not exists (select from care.access_leaf l where l.resource_type = 'Appointment' and l.resource_id = a.id::text))
            """);
        (await lost.ExecuteScalarAsync()).ShouldBe(0L);
    }

    private async Task CutAsync(CancellationToken stop)
    {
        await using var superuser = NpgsqlDataSource.Create(database.SuperuserConnectionString);
        while (!stop.IsCancellationRequested)
        {
            await using var cut = superuser.CreateCommand(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction' and random() < 0.5
                """);
            await cut.ExecuteScalarAsync(CancellationToken.None);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
