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
        var acknowledged = new Dictionary<Guid, Guid>();
        var cutter = CutAsync(() => acknowledged.Count, over.Token);
        var failures = 0;
        // On a machine that is too quick for the cutter it takes more of them.
        for (var n = 0; n < 24 || (failures == 0 && n < 240); n++)
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

    // Twice for each booking at most: on a slow machine nobody would ever get through.
    private async Task CutAsync(Func<int> acknowledged, CancellationToken stop)
    {
        await using var superuser = NpgsqlDataSource.Create(database.SuperuserConnectionString);
        for (var (cuts, since) = (0L, -1); !stop.IsCancellationRequested;)
        {
            (cuts, since) = acknowledged() is var now && now != since ? (0, now) : (cuts, since);
            if (cuts >= 2)
            {
                await Task.Delay(20, CancellationToken.None);
                continue;
            }

            await using var cut = superuser.CreateCommand(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction' and random() < 0.5
                """);
            cuts += (long)(await cut.ExecuteScalarAsync(CancellationToken.None))!;
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
