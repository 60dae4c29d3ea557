using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

public sealed class ExpiryTests(PracticeApp app)
{
    [Fact]
    public async Task ExpireProposals_RunTwice_DestroysOnlyWhatIsOverdue_AndLogsItOnce()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner));
        await ProposeAsync(practitioner, visit, "Vanha");
        await app.ScalarAsync<int>("update care.additional_data set expires_at = now() - interval '1 minute' where title = 'Vanha'");
        await ProposeAsync(practitioner, visit, "Tuore");

        await ExpireAsync();
        await ExpireAsync();

        (await app.ScalarAsync<string>("select state from care.additional_data where title = 'Vanha' and content is null")).ShouldBe("expired");
        (await app.ScalarAsync<string>("select state from care.additional_data where title = 'Tuore' and content is not null")).ShouldBe("proposed");
        (await app.ScalarAsync<long>(
            "select count(*) from care.access_leaf where resource_type = 'AdditionalData' and interaction = 'delete' and detail = 'expired'")).ShouldBe(1);
    }

    private static async Task ProposeAsync(Caller practitioner, string visit, string title)
    {
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Propose").Set("Extra.Title", title).Set("Extra.Text", "Sisältö"));
    }

    private async Task ExpireAsync()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var p = scope.ServiceProvider;
        await new ExpireProposals(p.GetRequiredService<UnitOfWork>(), p.GetRequiredService<CurrentUser>(), p.GetRequiredService<AdditionalData>())
            .Execute(null!, default);
    }
}
