using Booking.Messages;
using Booking.SignIn;
using Booking.Texts;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Status;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Booking.Attention;

/// <summary>
/// The daily notice: to each practitioner how many of her visits wait and for what, to each administrator those of the whole practice and what is wrong
/// with certificates. Numbers and a link only: mail is a postcard. One notice an account and local day, however often and on however many nodes this
/// runs; a node that dies between sending and recording leaves a mail that comes twice rather than never.
/// </summary>
internal sealed class SendAttentionNotices(
    UnitOfWork work, AttentionList list, PracticeDirectory directory, KantaReadiness readiness, UserManager<Account> accounts, Translator texts, IMailer mailer,
    IOptions<MailOptions> options, TimeProvider clock, ILogger<SendAttentionNotices> logger)
{
    /// <summary>Notices leave from this local hour on.</summary>
    public const int FromHour = 7;

    /// <returns>How many notices were sent.</returns>
    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        if (await directory.FindAsync(cancel) is not { } practice)
        {
            return 0;
        }

        var local = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), practice.Zone);
        if (local.Hour < FromHour)
        {
            return 0;
        }

        var day = DateOnly.FromDateTime(local.DateTime);
        var sent = 0;
        foreach (var (account, administrator) in await ReceiversAsync(day, cancel))
        {
            sent += await NotifyAsync(account, administrator, day, practice, cancel) ? 1 : 0;
        }

        return sent;
    }

    private Task<List<(Guid Account, bool Administrator)>> ReceiversAsync(DateOnly day, CancellationToken cancel) => work.QueryAsync(
        """
        select a.id, bool_or(r.role = 'administrator') from identity.account a join identity.account_role r on r.account_id = a.id
        where not a.disabled and r.role in ('practitioner', 'administrator')
          and not exists (select from host.attention_notice n where n.account_id = a.id and n.day = $1 and n.settled_at is not null)
        group by a.id order by a.id
        """,
        r => (r.GetGuid(0), r.GetBoolean(1)), cancel, day).AsTask();

    private async Task<bool> NotifyAsync(Guid id, bool administrator, DateOnly day, PracticeFacts practice, CancellationToken cancel)
    {
        var lease = Guid.CreateVersion7();
        var mine = await work.ExecuteAsync(
            """
            insert into host.attention_notice as n (account_id, day, lease, lease_until) values ($1, $2, $3, now() + interval '2 minutes')
            on conflict (account_id, day) do update set lease = $3, lease_until = now() + interval '2 minutes'
            where n.settled_at is null and n.lease_until <= now()
            """,
            cancel, id, day, lease);
        await work.CommitAsync(cancel);
        if (mine == 0)
        {
            return false;
        }

        var mail = await ComposeAsync(id, administrator, practice, cancel);
        await work.RollbackAsync();
        try
        {
            if (mail is not null)
            {
                await mailer.SendAsync(mail, cancel);
            }
        }
        catch (MailNotSentException e)
        {
            // The lease ends and the next tick tries again, all day.
            logger.LogWarning("The daily notice to account {Account} was not sent: {Reason}", id, e.Message);
            return false;
        }

        await work.ExecuteAsync(
            "update host.attention_notice set settled_at = now(), sent = $4 where account_id = $1 and day = $2 and lease = $3", cancel, id, day, lease, mail is not null);
        await work.CommitAsync(cancel);
        return mail is not null;
    }

    // Null: nothing waits, so nothing is sent.
    private async Task<Mail?> ComposeAsync(Guid id, bool administrator, PracticeFacts practice, CancellationToken cancel)
    {
        if (await accounts.FindByIdAsync(id.ToString()) is not { Email: { } address } account || !MailAddresses.IsUsable(address))
        {
            return null;
        }

        var scope = administrator ? AttentionScope.Everything : account.PractitionerId is { } me ? await list.ScopeOfAsync(me, cancel) : null;
        var items = scope is null ? [] : await list.ReadAsync(scope, 1000, cancel);
        var t = texts.In(account.Language);
        var warnings = administrator ? Warnings(t) : [];
        // What was queued a moment ago is on its way: it is no news.
        var waiting = items.Where(i => i.State != AttentionState.NotSent || i.Alarm > 0).ToList();
        if (waiting.Count == 0 && warnings.Count == 0)
        {
            return null;
        }

        List<string> lines = [t["Notice.Opening", practice.Name], ""];
        lines.AddRange(waiting.GroupBy(i => i.State).OrderBy(g => g.Key).Select(g => $"{t["Attention.State." + BookingContext.SnakeCase(g.Key.ToString())]}: {g.Count()}"));
        if (waiting.Count > 0)
        {
            var left = waiting.Min(i => i.Left);
            lines.Add(left < TimeSpan.Zero ? t["Notice.Over"] : t.Count("Notice.Soonest", (int)left.TotalDays));
        }

        lines.AddRange(warnings);
        lines.AddRange(["", $"{options.Value.PublicAddress.TrimEnd('/')}/practice/attention?lang={account.Language}", "", practice.Name]);
        return new Mail { To = address, Subject = t["Notice.Subject", practice.Name], Text = string.Join('\n', lines) };
    }

    private List<string> Warnings(Translator t) =>
    [
        .. readiness.Certificates().Where(c => c.WarnDays is not null || c.Problem is not null).Select(c =>
        {
            var name = t["Attention.Certificate." + (c.Purpose == "signing" ? "signing" : "client")];
            return c.WarnDays is { } days ? t.Count("Attention.CertificateExpires", days, name) : t["Attention.CertificateUnusable", name];
        }),
    ];
}
