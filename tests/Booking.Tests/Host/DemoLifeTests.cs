using Booking.Host.Demo;
using Booking.SignIn;
using CareRecords.Database;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

public sealed class DemoLifeTests
{
    private const string Counts =
        "select concat_ws(' ', (select count(*) from booking.appointment), (select count(*) from booking.customer), (select count(*) from care.visit), "
        + "(select count(*) from care.service_event), (select count(*) from care.note_version), (select count(*) from care.note_draft), "
        + "(select count(*) from kanta.document), (select count(*) from booking.outbox_message), (select count(*) from care.portal_link), "
        + "(select count(*) from care.additional_data))";

    [Fact]
    public async Task Life_StoppedOnTheWay_GoesOnAtTheNextStart_AndAfterwardsNoStartAddsAnything()
    {
        await using var app = new BookingApp();
        await app.InitializeAsync();
        await DemoPractice.SeedAsync(app.Services, default);

        using (var first = Life(app))
        {
            // Its last step waits here, however slow this test is to stop it.
            await using var gate = await app.DataSource.OpenConnectionAsync();
            await using var held = await gate.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("lock table care.link_code in share row exclusive mode", gate);
            await hold.ExecuteNonQueryAsync();
            await first.StartAsync(default);
            while (await ScalarAsync<long>(app, "select count(*) from care.visit") < 4 && !first.ExecuteTask!.IsCompleted)
            {
                await Task.Delay(10);
            }

            await first.StopAsync(default);
        }

        (await ScalarAsync<long>(app, "select count(*) from care.portal_link")).ShouldBe(0, "it was stopped on the way");
        await LivesAsync(app);
        (await ScalarAsync<long>(app, "select count(*) from booking.appointment")).ShouldBe(DemoWeeks.Visits.Count);
        (await ScalarAsync<long>(app, "select count(*) from booking.appointment where status in ('booked', 'arrived') and ends_at < now() - interval '30 minutes'"))
            .ShouldBe(0, "what is over has happened");
        var notes = DemoWeeks.Visits.Count(v => v.Workday < 0 && v.Story is DemoStory.Archived or DemoStory.Series or DemoStory.Refused);
        (await ScalarAsync<long>(app, "select count(*) from care.note")).ShouldBeGreaterThanOrEqualTo(notes);
        (await ScalarAsync<long>(app, "select count(*) from care.service_event where series")).ShouldBe(1);

        var all = await ScalarAsync<string>(app, Counts);
        await LivesAsync(app);
        // As on another day: a booking of the first start is gone, and its time with it.
        await ScalarAsync<string>(app, "update booking.appointment set idempotency_key = gen_random_uuid() where id = (select min(id::text)::uuid from booking.appointment)");
        await LivesAsync(app);
        (await ScalarAsync<string>(app, Counts)).ShouldBe(all);
    }

    private static async Task LivesAsync(BookingApp app)
    {
        using var life = Life(app);
        await life.StartAsync(default);
        await life.ExecuteTask!;
    }

    private static DemoLife Life(BookingApp app) =>
        new(app.Services, app.Services.GetRequiredService<DemoRoster>(), new DemoLife.Archive(null), NullLogger<DemoLife>.Instance);

    private static async Task<T?> ScalarAsync<T>(BookingApp app, string sql)
    {
        await using var work = new UnitOfWork(app.DataSource);
        var value = await work.ScalarAsync<T>(sql, default);
        await work.CommitAsync();
        return value;
    }
}
