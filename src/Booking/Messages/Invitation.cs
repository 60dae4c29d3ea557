using System.Globalization;
using System.Text;

namespace Booking.Messages;

/// <summary>What an invitation says; nothing of the treatment.</summary>
internal sealed record Invitation
{
    public required Guid Id { get; init; }

    /// <summary>0 for the first; each later one of the same visit is higher (RFC 5546, 2.1.4).</summary>
    public required int Sequence { get; init; }

    public required DateTime StartsAt { get; init; }

    public required DateTime EndsAt { get; init; }

    public required DateTime Stamp { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    public required string Summary { get; init; }

    public required string Description { get; init; }

    public required string Place { get; init; }

    public required string OrganizerName { get; init; }

    public required string OrganizerAddress { get; init; }

    public required string? Attendee { get; init; }

    public bool IsCancelled { get; init; }

    public string Method => IsCancelled ? "CANCEL" : "REQUEST";
}

/// <summary>Writes an invitation as an iCalendar object (RFC 5545).</summary>
internal static class InvitationWriter
{
    private const string Helsinki = "Europe/Helsinki";
    private const int LongestLine = 75;

    public static string Write(Invitation invitation)
    {
        var inZone = invitation.Zone.Id == Helsinki;
        List<string> lines =
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CareRecords//Booking//FI", "CALSCALE:GREGORIAN", "METHOD:" + invitation.Method,
            .. inZone ? HelsinkiZone : [],
            "BEGIN:VEVENT", "UID:" + invitation.Id, Inv($"SEQUENCE:{invitation.Sequence}"), "DTSTAMP:" + Utc(invitation.Stamp),
            "DTSTART" + Moment(invitation.StartsAt), "DTEND" + Moment(invitation.EndsAt),
            "STATUS:" + (invitation.IsCancelled ? "CANCELLED" : "CONFIRMED"),
            "SUMMARY:" + Escape(invitation.Summary), "DESCRIPTION:" + Escape(invitation.Description), "LOCATION:" + Escape(invitation.Place),
            $"ORGANIZER;CN={Parameter(invitation.OrganizerName)}:mailto:{invitation.OrganizerAddress}",
            .. invitation.Attendee is { } attendee ? [$"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{attendee}"] : Array.Empty<string>(),
            "END:VEVENT", "END:VCALENDAR",
        ];
        return string.Concat(lines.Select(l => Fold(l) + "\r\n"));

        string Moment(DateTime at) => inZone
            ? $";TZID={Helsinki}:{TimeZoneInfo.ConvertTimeFromUtc(at, invitation.Zone).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}"
            : ":" + Utc(at);
    }

    // EU rule since 1996: last Sunday of March and of October at 01:00 UTC.
    private static readonly string[] HelsinkiZone =
    [
        "BEGIN:VTIMEZONE", "TZID:" + Helsinki,
        "BEGIN:DAYLIGHT", "DTSTART:19960331T030000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300", "TZNAME:EEST", "END:DAYLIGHT",
        "BEGIN:STANDARD", "DTSTART:19961027T040000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200", "TZNAME:EET", "END:STANDARD",
        "END:VTIMEZONE",
    ];

    private static string Utc(DateTime at) => at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    // A quoted parameter value cannot hold quotes or control characters (RFC 5545, 3.2).
    private static string Parameter(string text) => $"\"{string.Concat(text.Where(c => c != '"' && !char.IsControl(c)))}\"";

    /// <summary>Lines of at most 75 octets, never cut inside a character (RFC 5545, 3.1).</summary>
    private static string Fold(string line)
    {
        var folded = new StringBuilder(line.Length + 8);
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LongestLine)
            {
                folded.Append("\r\n ");
                octets = 1;
            }

            folded.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        return folded.ToString();
    }
}
