using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Booking.SignIn;

/// <summary>A session that is valid now.</summary>
internal sealed record Session(
    Guid Id, Guid AccountId, string PersonName, IReadOnlyList<string> Roles, string ActingRole, Guid? PractitionerId, string? PatientId,
    DateTime SteppedUpAt, DateTime SeenAt);

/// <summary>One line of the list of sessions that a person sees.</summary>
internal sealed record SessionLine(Guid Id, string Method, string Agent, DateTime CreatedAt, DateTime SeenAt);

/// <summary>
/// Sessions live in the database: the cookie carries only the id. Each request reads the row, so that a sign-out, a lost role, a disabled account or a
/// changed password holds at once on every node.
/// </summary>
internal sealed class Sessions(NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider clock, IOptions<SignInOptions> options)
{
    public const string Scheme = "session";

    readonly IDataProtector protector = protection.CreateProtector("identity.account");

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins a session under a new id and answers with its cookie. The person acts under the first role held, in the order of <see cref="Roles.All"/>.</summary>
    public async Task StartAsync(HttpContext http, Account account, string method, CancellationToken cancel)
    {
        var id = Guid.NewGuid();
        var agent = http.Request.Headers.UserAgent.ToString();
        await using var command = database.CreateCommand("""
            insert into identity.session (id, account_id, security_stamp, acting_role, method, agent, created_at, seen_at, stepped_up_at)
            select $1, id, security_stamp,
              (select role from identity.account_role where account_id = $2
               order by array_position(array['practitioner', 'receptionist', 'administrator', 'privacy-officer', 'customer'], role) limit 1),
              $3, $4, $5, $5, $5
            from identity.account where id = $2
            """);
        command.With(id, account.Id, method, Browser(agent), Now);
        await command.ExecuteNonQueryAsync(cancel);
        var identity = new ClaimsIdentity([new Claim(SessionClaims.Session, id.ToString())], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>The session, or null when it has ended, been idle or lasted too long, or its account has changed. Notes that it was seen.</summary>
    public async Task<Session?> FindAsync(Guid id, CancellationToken cancel)
    {
        var now = Now;
        await using var command = database.CreateCommand("""
            select s.account_id, a.person_name, s.acting_role, a.practitioner_id, a.patient_id, s.stepped_up_at, s.seen_at,
              array(select role from identity.account_role r where r.account_id = a.id order by role)
            from identity.session s join identity.account a on a.id = s.account_id
            where s.id = $1 and s.ended_at is null and not a.disabled and s.security_stamp = a.security_stamp
              and s.seen_at > $2 and s.created_at > $3
            """);
        command.With(id, now.AddMinutes(-options.Value.IdleMinutes), now.AddHours(-options.Value.AbsoluteHours));
        Session session;
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            if (!await row.ReadAsync(cancel))
            {
                return null;
            }
            session = new Session(
                id, row.GetGuid(0), protector.Unprotect(row.GetString(1)), row.GetFieldValue<string[]>(7), row.GetString(2),
                row.IsDBNull(3) ? null : row.GetGuid(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetDateTime(5), row.GetDateTime(6));
        }
        if (!session.Roles.Contains(session.ActingRole))
        {
            return null;
        }
        if (now - session.SeenAt > TimeSpan.FromMinutes(1))
        {
            await ExecuteAsync("update identity.session set seen_at = $2 where id = $1", cancel, id, now);
        }
        return session;
    }

    /// <summary>The account of a session however it ended, for what an expired session had still sent; null for an unknown id.</summary>
    public async Task<Guid?> AccountOfAsync(Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select account_id from identity.session where id = $1");
        command.With(id);
        return await command.ExecuteScalarAsync(cancel) as Guid?;
    }

    public async Task<IReadOnlyList<SessionLine>> OpenAsync(Guid accountId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.id, s.method, s.agent, s.created_at, s.seen_at from identity.session s join identity.account a on a.id = s.account_id
            where s.account_id = $1 and s.ended_at is null and s.security_stamp = a.security_stamp and s.seen_at > $2 and s.created_at > $3
            order by s.seen_at desc
            """);
        command.With(accountId, Now.AddMinutes(-options.Value.IdleMinutes), Now.AddHours(-options.Value.AbsoluteHours));
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var lines = new List<SessionLine>();
        while (await rows.ReadAsync(cancel))
        {
            lines.Add(new SessionLine(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetDateTime(3), rows.GetDateTime(4)));
        }
        return lines;
    }

    /// <summary>Ends one session of the account; a foreign id changes nothing.</summary>
    public Task EndAsync(Guid accountId, Guid id, CancellationToken cancel) =>
        ExecuteAsync("update identity.session set ended_at = $3 where id = $1 and account_id = $2 and ended_at is null", cancel, id, accountId, Now);

    public Task EndAllAsync(Guid accountId, CancellationToken cancel) =>
        ExecuteAsync("update identity.session set ended_at = $2 where account_id = $1 and ended_at is null", cancel, accountId, Now);

    /// <summary>False when the account does not hold the role.</summary>
    public async Task<bool> ActAsAsync(Guid id, string role, CancellationToken cancel) => await ExecuteAsync("""
        update identity.session s set acting_role = $2
        where s.id = $1 and exists (select from identity.account_role r where r.account_id = s.account_id and r.role = $2)
        """, cancel, id, role) == 1;

    public Task StepUpAsync(Guid id, CancellationToken cancel) =>
        ExecuteAsync("update identity.session set stepped_up_at = $2 where id = $1", cancel, id, Now);

    /// <summary>Whether identity was proved so lately that the second factor may be changed.</summary>
    public bool IsSteppedUp(Session session) => Now - session.SteppedUpAt < TimeSpan.FromMinutes(options.Value.StepUpMinutes);

    async Task<int> ExecuteAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.With(values);
        return await command.ExecuteNonQueryAsync(cancel);
    }


    // Enough to recognise one's own device in a list, and no more.
    internal static string Browser(string agent)
    {
        var browser = agent.Contains("Edg/", StringComparison.Ordinal) ? "Edge"
            : agent.Contains("Firefox/", StringComparison.Ordinal) ? "Firefox"
            : agent.Contains("Chrome/", StringComparison.Ordinal) ? "Chrome"
            : agent.Contains("Safari/", StringComparison.Ordinal) ? "Safari" : "–";
        var system = agent.Contains("Android", StringComparison.Ordinal) ? "Android"
            : agent.Contains("iPhone", StringComparison.Ordinal) || agent.Contains("iPad", StringComparison.Ordinal) ? "iOS"
            : agent.Contains("Windows", StringComparison.Ordinal) ? "Windows"
            : agent.Contains("Mac OS", StringComparison.Ordinal) ? "macOS"
            : agent.Contains("Linux", StringComparison.Ordinal) ? "Linux" : "";
        return system.Length == 0 ? browser : $"{browser}, {system}";
    }
}
