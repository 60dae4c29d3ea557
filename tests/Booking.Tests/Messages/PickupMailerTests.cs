using Booking.Messages;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Booking.Tests.Messages;

public sealed class PickupMailerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mail").FullName;

    [Fact]
    public async Task SendAsync_MailWithInvitation_IsFoundAgainWhole()
    {
        var mailer = Mailer();
        var mail = new Mail { To = "aino@example.fi", Subject = "Aikasi on varattu – ä", Text = "Hei\nAika", Calendar = new CalendarPart("REQUEST", "BEGIN:VCALENDAR") };
        await mailer.SendAsync(mail, TestContext.Current.CancellationToken);
        string[] later = [.. Enumerable.Range(2, 8).Select(n => $"{n}.")];
        foreach (var subject in later)
        {
            await mailer.SendAsync(mail with { Subject = subject }, TestContext.Current.CancellationToken);
        }

        var kept = mailer.Newest(10);
        kept.Select(k => k.Mail.Subject).ShouldBe([.. later.Reverse(), "Aikasi on varattu – ä"]);
        mailer.Find(kept[^1].Name)!.Mail.ShouldBe(mail);
    }

    [Theory]
    [InlineData("../secret"), InlineData("a/b"), InlineData("unknown"), InlineData("")]
    public void Find_ForeignName_ReturnsNull(string name) => Mailer().Find(name).ShouldBeNull();

    [Theory]
    [InlineData("aino@example.fi", true), InlineData("aino.b+x@sub.example.fi", true)]
    [InlineData("aino", false), InlineData("aino@localhost", false), InlineData("Aino <aino@example.fi>", false), InlineData("", false)]
    [InlineData("a@b.fi\r\nBcc: c@d.fi", false), InlineData("a b@c.fi", false), InlineData(null, false)]
    public void IsUsable_Address_IsJudged(string? address, bool usable) => MailAddresses.IsUsable(address).ShouldBe(usable);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PickupMailer Mailer() => new(Options.Create(new MailOptions { PickupFolder = _folder }), new Host(), new StoppedClock());

    // Mails of one moment stand in the order of sending too.
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    }

    private sealed class Host : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";
        public string ApplicationName { get; set; } = "Booking";
        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
