namespace Booking.Messages;

/// <summary>One mail. It must not say which treatment somebody comes to, nor anything of health: mail is a postcard.</summary>
public sealed record Mail
{
    /// <summary>The address, as the receiver gave it; <see cref="MailAddresses.IsUsable"/> holds for it.</summary>
    public required string To { get; init; }

    public required string Subject { get; init; }

    /// <summary>The plain text, lines ended by \n.</summary>
    public required string Text { get; init; }

    /// <summary>An invitation or its cancellation (RFC 5545, RFC 6047), else null.</summary>
    public CalendarPart? Calendar { get; init; }
}

/// <summary>An iCalendar object that goes with a mail.</summary>
/// <param name="Method">REQUEST or CANCEL; stands in the content type too, or mail programs ignore the part.</param>
public sealed record CalendarPart(string Method, string Content);

/// <summary>Where mails leave: an SMTP server, or a folder where nobody outside reads them.</summary>
public interface IMailer
{
    /// <summary>Hands the mail over; returns when the other side has taken the responsibility for it. Throws <see cref="MailNotSentException"/>.</summary>
    Task SendAsync(Mail mail, CancellationToken cancel);
}

/// <summary>The mail was not taken.</summary>
/// <param name="IsPermanent">True: trying again with the same address is useless.</param>
public sealed class MailNotSentException(string message, bool isPermanent, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPermanent { get; } = isPermanent;
}
