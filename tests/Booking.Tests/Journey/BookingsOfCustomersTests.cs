using System.Net;
using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

public sealed class BookingsOfCustomersTests(PracticeApp app)
{
    [Fact]
    public async Task OpeningAndEndingAVisit_ChangesTheFhirAppointment_AndSkipsNoMessage()
    {
        using var visitor = app.Visitor();
        using var practitioner = await app.PhysiotherapistAsync();
        var (id, _) = await app.BooksAsync(visitor, email: "saapuva@example.fi");
        var waiting = "select count(*) from booking.outbox_message m join booking.appointment a on a.id = m.appointment_id "
            + "where a.id = $1 and m.kind = 'reminder' and m.state = 'waiting' and m.appointment_version = a.version";
        var owed = await app.ScalarAsync<long>(waiting, id);

        var visit = await practitioner.OpensVisitAsync(id);
        ((string?)(await app.ResourceAsync("Appointment", id.ToString()))!["status"]).ShouldBe("arrived");
        (await app.ScalarAsync<long>(waiting, id)).ShouldBe(owed);

        await practitioner.SendAsync(practitioner.Form("End"));
        practitioner.Address.ShouldBe(visit);
        ((string?)(await app.ResourceAsync("Appointment", id.ToString()))!["status"]).ShouldBe("fulfilled");
    }

    [Fact]
    public async Task My_BeforeLinking_ShowsBookingsOfTheVerifiedAddress_ToMoveAndCancel_AndNothingOfHealth()
    {
        using var visitor = app.Visitor();
        var email = $"{Guid.NewGuid():N}@example.fi";
        var (id, link) = await app.BooksAsync(visitor, email: email);
        var (_, foreign) = await app.BooksAsync(visitor, email: "joku.muu@example.fi");
        using var customer = await app.SignedInAsync(Roles.Customer, email: email);

        await customer.GetAsync("/my");
        customer.Text.ShouldContain(link);
        customer.Text.ShouldNotContain(foreign);
        customer.Main.ShouldNotContain("Fysioterapia");

        await customer.GetAsync(link + "?cancel=true");
        await customer.SendAsync(customer.Form("Cancel"));
        (await app.ScalarAsync<string>("select status from booking.appointment where id = $1", id)).ShouldBe("cancelled");
        await customer.GetAsync("/my");
        customer.Text.ShouldNotContain(link);
    }

    [Fact]
    public async Task My_AfterLinking_NamesTheServiceOfTheOwnCard()
    {
        using var visitor = app.Visitor();
        using var practitioner = await app.PhysiotherapistAsync();
        using var customer = await app.SignedInAsync(Roles.Customer);
        var (id, link) = await app.BooksAsync(visitor);
        await customer.LinksAsync(practitioner, await practitioner.OpensVisitAsync(id));
        await customer.GetAsync("/my");
        customer.Text.ShouldContain(link);
        customer.Main.ShouldContain("Fysioterapia");
    }

    [Fact]
    public async Task Link_WithAWrongCode_IsRefusedAtTheField()
    {
        using var customer = await app.SignedInAsync(Roles.Customer, "sv");
        await customer.GetAsync("/my");
        await customer.SendAsync(customer.Form("Code").Set("Code", "AAAA-BBBB-CCCC"));
        customer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        customer.ErrorAt("Code").ShouldBe("Koden gäller inte. Kontrollera den eller be mottagningen om en ny.");
    }

    [Fact]
    public async Task PublicPages_AskedTooOften_Answer429WithAPage()
    {
        await using var strict = new StrictApp();
        await strict.InitializeAsync();
        using var visitor = new Caller(strict.Address);
        for (var i = 0; i < 3; i++)
        {
            (await visitor.GetAsync("/book")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await visitor.GetAsync("/book")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        visitor.Heading.ShouldNotBeEmpty();
    }

    private sealed class StrictApp : Tests.Host.BookingApp
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await Booking.Host.Demo.DemoPractice.SeedAsync(Services, default);
        }

        protected override void Adjust(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Configuration["Booking:ViewsPerMinute"] = "3";
    }
}
