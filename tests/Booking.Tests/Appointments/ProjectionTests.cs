using System.Text.Json;
using Booking.Appointments;
using Booking.Customers;
using CareRecords.Database;
using CareRecords.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Appointments;

public sealed class ProjectionTests(BookingDatabase database) : IClassFixture<BookingDatabase>
{
    [Fact]
    public async Task Booking_AndItsChanges_AreSeenInFhir()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var (practitioner, service) = await world.PractitionerAsync();
        var id = (await world.BookAsync(BookingWorld.Wish(service, practitioner, BookingWorld.At(26, 10)))).ShouldBeOfType<BookingOutcome.Booked>().AppointmentId;

        var booked = await ReadAsync(world, "Appointment", id.ToString());
        booked.GetProperty("status").GetString().ShouldBe("booked");
        booked.GetProperty("start").GetString().ShouldBe("2026-11-26T10:00:00+02:00");
        var patientId = booked.GetProperty("participant")[0].GetProperty("actor").GetProperty("reference").GetString()!["Patient/".Length..];
        var patient = await ReadAsync(world, "Patient", patientId);
        patient.GetProperty("name")[0].GetProperty("family").GetString().ShouldBe("Virtanen");
        patient.TryGetProperty("birthDate", out _).ShouldBeFalse("nothing of the kind is asked before care");

        await world.InScopeAsync(p => p.GetRequiredService<ChangeVisit>().CancelAsync(id, CancelledBy.Customer, true, default));
        var cancelled = await ReadAsync(world, "Appointment", id.ToString());
        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        cancelled.GetProperty("meta").GetProperty("versionId").GetString().ShouldNotBe(booked.GetProperty("meta").GetProperty("versionId").GetString());
    }

    [Fact]
    public async Task ChangeCard_ByStaff_ChangesThePatient_AndAStaleCopyIsRefused()
    {
        await using var world = await BookingWorld.OpenAsync(database);
        var details = BookingWorld.Aino() with { Email = "card@example.fi", Phone = "0409998887", CallName = "Maria" };
        var id = await world.InScopeAsync(p => p.GetRequiredService<ChangeCard>().CreateAsync(Guid.NewGuid(), details, default));
        (await UpdateAsync(world, id, 1, details with { FamilyName = "Korhonen" })).ShouldBe(ChangeCard.Outcome.Done);
        (await UpdateAsync(world, id, 1, details with { FamilyName = "Nieminen" })).ShouldBe(ChangeCard.Outcome.Stale);
        var patient = await ReadAsync(world, "Patient", id.ToString());
        patient.GetProperty("name")[0].GetProperty("family").GetString().ShouldBe("Korhonen");
        patient.GetProperty("name")[0].GetProperty("_given")[1].GetProperty("extension")[0].GetProperty("valueCode").GetString().ShouldBe("CL");

        foreach (var term in new[] { "korh", "Korhonen Maria", "card@example.fi", "+358 40 9998887" })
        {
            (await SearchAsync(world, term)).ShouldContain(id, term);
        }

        (await SearchAsync(world, "virtanen")).ShouldNotContain(id);
        var stored = await world.DbAsync(db => db.Customers.SingleAsync(c => c.Id == id));
        (await SearchAsync(world, stored.Number.ToString(System.Globalization.CultureInfo.InvariantCulture))).ShouldBe([id]);
    }

    private static Task<ChangeCard.Outcome> UpdateAsync(BookingWorld world, Guid id, int version, CustomerDetails details) =>
        world.InScopeAsync(p => p.GetRequiredService<ChangeCard>().UpdateAsync(id, version, details, default));

    private static Task<List<Guid>> SearchAsync(BookingWorld world, string term) => world.InScopeAsync(async p =>
    {
        await using var db = await BookingContext.OnAsync(p.GetRequiredService<UnitOfWork>(), default);
        return (await p.GetRequiredService<CustomerCards>().SearchAsync(db, term, 20, default)).ConvertAll(c => c.Row.Id);
    });

    private static Task<JsonElement> ReadAsync(BookingWorld world, string type, string id) => world.InScopeAsync(async p =>
    {
        var stored = await p.GetRequiredService<ResourceStore>().ReadAsync(p.GetRequiredService<UnitOfWork>(), type, id, default);
        return JsonDocument.Parse(stored!.Json!).RootElement.Clone();
    });
}
