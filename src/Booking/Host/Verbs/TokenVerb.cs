using System.Globalization;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Rest;

namespace Booking.Host.Verbs;

internal static class TokenVerb
{
    public static Verb Verb { get; } = new(
        "token",
        "token issue --name TEXT [--scopes \"system/*.rs\"] [--patient ID] [--days 90] | token revoke ID",
        "Issues and revokes bearer tokens for /fhir; a token is shown once and stored hashed.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var act = context.Arguments.Positional.FirstOrDefault() ?? throw new UsageException("token needs issue or revoke.");
        var asked = act == "issue" ? Read(context.Arguments) : null;
        var which = Guid.Empty;
        if (act == "revoke" && !Guid.TryParse(context.Arguments.Positional.ElementAtOrDefault(1), out which))
        {
            throw new UsageException("token revoke needs the token's id.");
        }

        if (act is not ("issue" or "revoke"))
        {
            throw new UsageException($"token {act} is unknown.");
        }

        await using var practice = await context.OpenAsync(migrate: false);
        await using var scope = practice.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<CurrentUser>().Become(null, "care token", UserRole.System);
        var work = services.GetRequiredService<UnitOfWork>();
        var log = services.GetRequiredService<AccessLog>();
        var clock = services.GetRequiredService<TimeProvider>();
        if (asked is not null)
        {
            var issued = await IssueAsync(context, work, log, clock, asked);
            await context.ReportAsync(new { issued.Id, issued.Token, issued.ExpiresAt }, issued.Token);
            return ExitCode.Ok;
        }

        var revoked = await IssueToken.RevokeAsync(work, log, clock, which, context.Cancel);
        await work.CommitAsync(context.Cancel);
        await context.ReportAsync(new { revoked }, revoked ? "Revoked." : "There is no such token in force.");
        return revoked ? ExitCode.Ok : ExitCode.No;
    }

    private static IssueToken.Request Read(Arguments arguments) => new()
    {
        Name = arguments.Required("name"),
        Scopes = (arguments.Value("scopes") ?? "system/*.rs").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        PatientId = arguments.Value("patient"),
        Lifetime = double.TryParse(arguments.Value("days") ?? "90", CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 36_500
            ? TimeSpan.FromDays(days)
            : throw new UsageException("--days is a number."),
    };

    private static async Task<IssueToken.Issued> IssueAsync(VerbContext context, UnitOfWork work, AccessLog log, TimeProvider clock, IssueToken.Request asked)
    {
        try
        {
            var issued = await IssueToken.HandleAsync(work, log, clock, asked, context.Cancel);
            await work.CommitAsync(context.Cancel);
            return issued;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
