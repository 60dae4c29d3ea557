using Booking.Attention;
using Booking.Messages;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Attention;

public sealed class AttentionNoticeTests(PracticeApp app) : IClassFixture<PracticeApp>
{
    [Fact]
    public async Task Notice_OnceADay_OnTwoNodesAndTwice_SaysNumbersOnly_AndTriesAgainWhenMailFails()
    {
        // 05.00 in Helsinki is too early, whatever the season.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
        var night = TimeZoneInfo.ConvertTime(app.Clock.GetUtcNow(), zone).Date.AddDays(1).AddHours(5);
        app.Clock.Advance(TimeZoneInfo.ConvertTimeToUtc(night, zone) - app.Clock.GetUtcNow().UtcDateTime);
        var visit = await app.VisitAsync(PracticeApp.Pekka, TimeSpan.FromHours(50));
        await app.DraftAsync(PracticeApp.Pekka, visit);
        (await SendAsync()).ShouldBe(0);
        app.Mails.Sent.ShouldBeEmpty();

        app.Clock.Advance(TimeSpan.FromHours(3));
        app.Mails.Refusal = new MailNotSentException("later", isPermanent: false);
        (await SendAsync()).ShouldBe(0);
        app.Mails.Refusal = null;
        await app.ExecuteAsync("update host.attention_notice set lease_until = now() - interval '1 second' where settled_at is null");
        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(SendAsync)))).Sum().ShouldBe(3);
        (await SendAsync()).ShouldBe(0);

        var mails = app.Mails.Sent;
        mails.Select(m => m.To).Order().ShouldBe(["hallinto@example.fi", "maija.malli@example.fi", "pekka.esimerkki@example.fi"]);
        var mail = mails.Single(m => m.To == "pekka.esimerkki@example.fi");
        mail.Text.ShouldContain("Allekirjoittamatta: 1");
        mail.Text.ShouldContain("Kiireellisimmällä on 2 vrk aikaa.");
        mail.Text.ShouldContain("/practice/attention?lang=fi");
        (mail.Text + mail.Subject).ShouldNotContain("terapia", Case.Insensitive);
        (mail.Text + mail.Subject).ShouldNotContain("Virtanen");
        mails.Single(m => m.To == "hallinto@example.fi").Text.ShouldContain("Allekirjoitusvarmenne puuttuu tai ei kelpaa");
        mail.Text.ShouldNotContain("varmenne");

        app.Clock.Advance(TimeSpan.FromDays(1));
        (await SendAsync()).ShouldBe(3);
    }

    private async Task<int> SendAsync()
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SendAttentionNotices>().HandleAsync(default);
    }
}
