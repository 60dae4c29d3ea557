using System.ComponentModel.DataAnnotations;

namespace Booking.Messages;

/// <summary>Section "Mail".</summary>
public sealed class MailOptions
{
    /// <summary>The SMTP server; empty: mails are written to <see cref="PickupFolder"/> and leave the machine by no way.</summary>
    public string Host { get; set; } = "";

    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>STARTTLS; false only for a server on the same machine.</summary>
    public bool UseTls { get; set; } = true;

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>The sender's address; must be allowed by the SMTP server.</summary>
    [EmailAddress]
    public string From { get; set; } = "practice@localhost.invalid";

    public string FromName { get; set; } = "";

    /// <summary>Where mails are kept without an SMTP server; relative to the content root.</summary>
    public string PickupFolder { get; set; } = ".data/mail";

    /// <summary>The address that links in mails begin with, without a slash at the end.</summary>
    [Url]
    public string PublicAddress { get; set; } = "http://127.0.0.1:5080";
}
