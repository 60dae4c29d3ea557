using System.Threading.Channels;
using Booking.Messages;
using Booking.Texts;

namespace Booking.SignIn;

/// <summary>
/// Sends codes behind the answer, so that the time of an answer does not tell whether an address is known. A code that is lost with the process is
/// asked for again.
/// </summary>
internal sealed class CodeMails(IMailer mailer, Translator texts, ILogger<CodeMails> logger) : BackgroundService
{
    readonly Channel<Mail> waiting = Channel.CreateBounded<Mail>(new BoundedChannelOptions(500) { FullMode = BoundedChannelFullMode.DropWrite });

    public void SendCode(string email, string language, string code) => Send(email, language, "Account.MailCodeSubject", "Account.MailCodeText", code);

    /// <summary>To somebody who registers with an address that has an account already.</summary>
    public void SendKnown(string email, string language) => Send(email, language, "Account.MailKnownSubject", "Account.MailKnownText", "");

    /// <summary>Tells the owner that something about signing in has changed.</summary>
    public void SendChanged(string email, string language) => Send(email, language, "Account.MailChangedSubject", "Account.MailChangedText", "");

    void Send(string email, string language, string subjectKey, string textKey, string code)
    {
        var t = texts.In(language);
        waiting.Writer.TryWrite(new Mail { To = email, Subject = t.Get(subjectKey), Text = t.Get(textKey, code) });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await mailer.SendAsync(mail, stoppingToken);
            }
            catch (MailNotSentException e)
            {
                logger.LogWarning("A sign-in mail could not be sent: {Reason}", e.Message);
            }
        }
    }
}
