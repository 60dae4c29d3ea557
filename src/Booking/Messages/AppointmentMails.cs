using System.Globalization;
using Booking.Appointments;
using Booking.Services;
using Booking.Texts;
using Booking.Ui;
using CareRecords.Practice;
using Microsoft.Extensions.Options;

namespace Booking.Messages;

/// <summary>Writes the mails about an appointment: when and where, and the link to it; never which treatment or by whom.</summary>
internal sealed class AppointmentMails(Translator translator, AppointmentLinks links, IOptions<MailOptions> options)
{
    /// <summary>The mail in the appointment's language.</summary>
    public Mail Compose(MessageKind kind, Appointment appointment, string address, BookingRules rules, PracticeFacts practice, DateTime now)
    {
        var texts = translator.In(appointment.Language);
        // Show writes dates in the language of the running request; here there is none.
        CultureInfo.CurrentUICulture = texts.Culture;
        var day = Show.LongDate(new DateTimeOffset(appointment.StartsAt));
        var time = Show.Times(new DateTimeOffset(appointment.StartsAt), new DateTimeOffset(appointment.EndsAt));
        var link = Link(appointment);
        var lines = new List<string> { texts[Opening(kind), practice.Name], "", $"{day}", time };
        lines.AddRange(rules.Address.Length > 0 ? [rules.Address] : []);
        lines.Add("");
        if (kind == MessageKind.Cancelled)
        {
            lines.Add(texts["Mail.BookAgain", options.Value.PublicAddress]);
        }
        else
        {
            lines.Add(texts["Mail.Manage"]);
            lines.Add(link);
            lines.Add("");
            lines.Add(texts["Mail.Deadline", Show.DateTime(new DateTimeOffset(Deadlines.Cancel(appointment, rules)))]);
        }

        lines.AddRange(rules.Phone.Length > 0 ? ["", texts["Mail.Phone", rules.Phone]] : []);
        lines.AddRange(["", practice.Name]);
        return new Mail
        {
            To = address,
            Subject = texts[Subject(kind), Show.DateTime(new DateTimeOffset(appointment.StartsAt)), practice.Name],
            Text = string.Join('\n', lines),
            Calendar = kind == MessageKind.Reminder ? null : Calendar(appointment, address, rules, practice, now),
        };
    }

    /// <summary>The invitation, or its cancellation when the appointment is cancelled.</summary>
    /// <param name="attendee">Null when it is fetched by the customer, not sent.</param>
    public CalendarPart Calendar(Appointment appointment, string? attendee, BookingRules rules, PracticeFacts practice, DateTime now)
    {
        var cancelled = appointment.Status == AppointmentStatus.Cancelled;
        var invitation = new Invitation
        {
            Id = appointment.Id,
            Sequence = appointment.Version - 1,
            StartsAt = appointment.StartsAt,
            EndsAt = appointment.EndsAt,
            Stamp = now,
            Zone = TimeZoneInfo.FindSystemTimeZoneById(appointment.Zone),
            Summary = translator.In(appointment.Language)["Mail.Summary", practice.Name],
            Description = cancelled ? "" : Link(appointment),
            Place = rules.Address,
            OrganizerName = practice.Name,
            OrganizerAddress = options.Value.From,
            Attendee = attendee,
            IsCancelled = cancelled,
        };
        return new CalendarPart(invitation.Method, InvitationWriter.Write(invitation));
    }

    private string Link(Appointment appointment) =>
        $"{options.Value.PublicAddress.TrimEnd('/')}/booking/{links.Token(appointment.Id)}?lang={appointment.Language}";

    private static string Subject(MessageKind kind) => "Mail.Subject." + kind;

    private static string Opening(MessageKind kind) => "Mail.Opening." + kind;
}
