using Booking.Appointments;
using Booking.Host.Demo;
using Booking.Tests.Attention;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using KantaConnector;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Appointments;

/// <summary>The application with the appointment channel switched on and nothing to send to: what is queued stays to be looked at.</summary>
public sealed class ArchivingPractice : PracticeApp
{
    protected override void Adjust(WebApplicationBuilder builder)
    {
        base.Adjust(builder);
        builder.Services.Configure<KantaOptions>(options => (options.Appointments.Enabled, options.SenderOid) = (true, "1.2.246.10.99999999.10.0.13"));
    }
}

public sealed class AppointmentsToArchiveTests(ArchivingPractice app) : IClassFixture<ArchivingPractice>
{
    [Fact]
    public async Task BookingMovingCancelling_AreQueuedInTheirOwnTransactions_AndShown()
    {
        var (service, start) = await CareAsync();
        var visit = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(3));
        var id = await BookAsync(service, start, visit.PatientId);
        (await QueuedAsync(id)).ShouldBe(0, "her identity code is not known");

        await app.AsAsync(PracticeApp.Maija, p => p.GetRequiredService<RecordPerson>().HandleAsync(
            new RecordPerson.Request { PatientId = visit.PatientId, ControllerId = visit.ControllerId, IdentityCode = "010594Y9032", Sex = "2" }, default));
        id = await BookAsync(service, start.AddDays(1), visit.PatientId);
        (await QueuedAsync(id)).ShouldBe(1);
        await Should.ThrowAsync<InvalidOperationException>(() => BookAsync(service, start.AddDays(3), visit.PatientId, rollBack: true));
        (await app.ScalarAsync<long>("select count(*) from kanta.document where appointment_id is not null")).ShouldBe(1, "it stands or falls with the booking");

        await ChangeAsync(c => c.MoveAsync(id, start.AddDays(2), byCustomer: false, notify: false, default));
        (await QueuedAsync(id)).ShouldBe(2);
        await ChangeAsync(c => c.CancelAsync(id, CancelledBy.Practice, notify: false, default));
        await ChangeAsync(c => c.CancelAsync(id, CancelledBy.Practice, notify: false, default));
        (await QueuedAsync(id)).ShouldBe(3);
        await ChangeAsync(c => c.CancelAsync(id, CancelledBy.Practice, notify: false, default, mistake: true));
        (await QueuedAsync(id)).ShouldBe(4);
        (await app.ScalarAsync<long>("select count(distinct oid) from kanta.document where appointment_id = $1", id)).ShouldBe(1);

        var browser = await app.BrowserAsync(PracticeApp.Maija);
        await browser.GetAsync($"/practice/appointment/{id}");
        browser.Html.ShouldContain("data-archive-state=\"waiting\"");
        browser.Html.ShouldContain("kirjattu vahingossa");
    }

    private async Task<(Guid Service, DateTime Start)> CareAsync()
    {
        await using var work = new UnitOfWork(app.DataSource);
        await using var db = await BookingContext.OnAsync(work, default);
        var service = await db.Services.AsNoTracking().FirstAsync(s => s.IsCare && db.Offers.Any(o => o.ServiceId == s.Id && o.PractitionerId == PracticeApp.Maija.PractitionerId));
        return (service.Id, app.Clock.GetUtcNow().UtcDateTime.Date.AddDays(40).AddHours(9));
    }

    private Task<Guid> BookAsync(Guid service, DateTime start, string patient, bool rollBack = false) => app.AsAsync(PracticeApp.Maija, async p =>
    {
        var work = p.GetRequiredService<UnitOfWork>();
        using var joined = rollBack ? work.Join() : null;
        var id = (await p.GetRequiredService<StaffBook>().HandleAsync(
            new StaffBook.Request
            {
                Key = Guid.CreateVersion7(),
                ServiceId = service,
                PractitionerId = PracticeApp.Maija.PractitionerId!.Value,
                Start = start,
                ContactMode = Booking.Services.ContactMode.InPerson,
                CustomerId = Guid.Parse(patient),
                OverlapReason = "koe",
                Notify = false,
            },
            default)).ShouldBeOfType<BookingOutcome.Booked>().AppointmentId;
        if (rollBack)
        {
            (await work.ScalarAsync<long>("select count(*) from kanta.document where appointment_id = $1", default, id)).ShouldBe(1);
            await work.RollbackAsync();
        }
        return id;
    });

    private async Task ChangeAsync(Func<ChangeVisit, Task<BookingOutcome>> act) =>
        (await app.AsAsync(PracticeApp.Maija, p => act(p.GetRequiredService<ChangeVisit>()))).ShouldBeOfType<BookingOutcome.Booked>();

    private Task<long> QueuedAsync(Guid id) => app.ScalarAsync<long>("select count(*) from kanta.document where appointment_id = $1 and state = 'queued'", id);
}
