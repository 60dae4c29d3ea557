using Booking.Messages;
using Shouldly;
using Xunit;

namespace Booking.Tests.Messages;

public class InvitationWriterTests
{
    [Fact]
    public void Write_Visit_StatesLocalTimeWithItsZoneAndNothingHostile()
    {
        var text = InvitationWriter.Write(Some());
        text.ShouldContain("METHOD:REQUEST\r\n");
        text.ShouldContain("SEQUENCE:2\r\n");
        text.ShouldContain("DTSTART;TZID=Europe/Helsinki:20261026T090000\r\n");
        text.ShouldContain("TZID:Europe/Helsinki\r\n");
        text.ShouldContain("SUMMARY:Varattu aika\\; Hoitola\\, Äänekoski\\nEND:VCALENDAR\r\n");
        text.ShouldContain("CN=\"Hoitola X\"");
        text.Split("\r\n").ShouldAllBe(l => System.Text.Encoding.UTF8.GetByteCount(l) <= 75);
        text.Split("\r\n").Count(l => l == "END:VCALENDAR").ShouldBe(1);
    }

    [Fact]
    public void Write_LongDescription_UnfoldsToTheSameText()
    {
        var description = string.Concat(Enumerable.Repeat("äö😀x", 60));
        var unfolded = InvitationWriter.Write(Some() with { Description = description }).Replace("\r\n ", "", StringComparison.Ordinal);
        unfolded.ShouldContain("DESCRIPTION:" + description + "\r\n");
    }

    [Fact]
    public void Write_Cancelled_CancelsTheSameEvent()
    {
        var text = InvitationWriter.Write(Some() with { IsCancelled = true });
        text.ShouldContain("METHOD:CANCEL\r\n");
        text.ShouldContain("STATUS:CANCELLED\r\n");
        text.ShouldContain("UID:11111111-1111-1111-1111-111111111111\r\n");
    }

    private static Invitation Some() => new()
    {
        Id = Guid.Parse("11111111-1111-1111-1111-111111111111"),
        Sequence = 2,
        // The day after the clocks were turned back: 09:00 is 07:00 UTC again.
        StartsAt = new DateTime(2026, 10, 26, 7, 0, 0, DateTimeKind.Utc),
        EndsAt = new DateTime(2026, 10, 26, 8, 0, 0, DateTimeKind.Utc),
        Stamp = new DateTime(2026, 10, 20, 7, 0, 0, DateTimeKind.Utc),
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki"),
        Summary = "Varattu aika; Hoitola, Äänekoski\nEND:VCALENDAR",
        Description = "Peru tai siirrä: https://booking.example.fi/booking/abc",
        Place = "Katu 1, 00100 Helsinki",
        OrganizerName = "Hoitola \"X\"",
        OrganizerAddress = "hoitola@example.fi",
        Attendee = "aino@example.fi",
    };
}
