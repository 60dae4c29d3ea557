using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Microsoft.Extensions.Options;

namespace Booking.Messages;

/// <summary>Sends through one SMTP server with the framework's own client (docs/adr: no other mail package is needed for plain submission).</summary>
public sealed class SmtpMailer(IOptions<MailOptions> options) : IMailer
{
    private readonly MailOptions _options = options.Value;

    public async Task SendAsync(Mail mail, CancellationToken cancel)
    {
        using var message = Compose(mail);
        using var client = new SmtpClient(_options.Host, _options.Port) { EnableSsl = _options.UseTls };
        if (_options.User.Length > 0)
        {
            client.Credentials = new NetworkCredential(_options.User, _options.Password);
        }

        try
        {
            await client.SendMailAsync(message, cancel);
        }
        catch (SmtpException refused)
        {
            throw new MailNotSentException($"SMTP: {refused.StatusCode}", IsPermanent(refused.StatusCode), refused);
        }
    }

    // 5yz replies; an authentication or protocol error is the server's or the settings' fault and may pass.
    private static bool IsPermanent(SmtpStatusCode code) =>
        code is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath;

    private MailMessage Compose(Mail mail)
    {
        var message = new MailMessage(new MailAddress(_options.From, _options.FromName, Encoding.UTF8), new MailAddress(mail.To))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
        };
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(mail.Text, Encoding.UTF8, MediaTypeNames.Text.Plain));
        if (mail.Calendar is { } calendar)
        {
            var inline = new ContentType("text/calendar") { CharSet = "utf-8" };
            inline.Parameters.Add("method", calendar.Method);
            message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(calendar.Content, inline));
            message.Attachments.Add(new Attachment(
                new MemoryStream(Encoding.UTF8.GetBytes(calendar.Content)), "visit.ics", "application/ics"));
        }

        return message;
    }
}
