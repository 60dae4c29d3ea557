using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Booking.SignIn;

/// <summary>A form that was sent with an expired session: where to, and its fields.</summary>
internal sealed record KeptForm(string Address, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>Keeps, encrypted and for an hour, what a person sent after her session had expired; only the same account gets it back.</summary>
internal sealed class KeptForms(NpgsqlDataSource database, Sessions sessions, IDataProtectionProvider protection, TimeProvider clock)
{
    const int Largest = 512 * 1024;

    readonly IDataProtector protector = protection.CreateProtector("identity.kept-form");

    /// <summary>The id under which it is kept; null when the session is unknown or the form is not plain fields of a moderate size.</summary>
    public async Task<Guid?> KeepAsync(Guid sessionId, HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength is null or > Largest || await sessions.AccountOfAsync(sessionId, cancel) is not { } account)
        {
            return null;
        }
        var form = await request.ReadFormAsync(cancel);
        var fields = form.Where(f => f.Key != "__RequestVerificationToken").SelectMany(f => f.Value, (f, v) => KeyValuePair.Create(f.Key, v ?? "")).ToList();
        var content = JsonSerializer.Serialize(new KeptForm(request.PathBase + request.Path + request.QueryString, fields));
        var id = Guid.NewGuid();
        var now = clock.GetUtcNow().UtcDateTime;
        await using var command = database.CreateCommand("""
            with old as (delete from identity.kept_form where created_at < $5)
            insert into identity.kept_form (id, account_id, content, created_at) values ($1, $2, $3, $4)
            """);
        command.With(id, account, protector.Protect(content), now,
            now.AddHours(-1));
        await command.ExecuteNonQueryAsync(cancel);
        return id;
    }

    public async Task<KeptForm?> FindAsync(Guid accountId, Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select content from identity.kept_form where id = $1 and account_id = $2 and created_at > $3");
        command.With(id, accountId, clock.GetUtcNow().UtcDateTime.AddHours(-1));
        return await command.ExecuteScalarAsync(cancel) is string content ? JsonSerializer.Deserialize<KeptForm>(protector.Unprotect(content)) : null;
    }
}
