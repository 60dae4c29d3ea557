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
        await using var practice = await context.OpenAsync(migrate: false);
        await using var scope = practice.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<CurrentUser>().Become(null, "care token", UserRole.System);
        var work = services.GetRequiredService<UnitOfWork>();
        var log = services.GetRequiredService<AccessLog>();
        var clock = services.GetRequiredService<TimeProvider>();
        switch (act)
        {
            case "issue":
                var issued = await IssueAsync(context, work, log, clock);
                await context.ReportAsync(new { issued.Id, issued.Token, issued.ExpiresAt }, issued.Token);
                return ExitCode.Ok;
            case "revoke":
                var revoked = Guid.TryParse(context.Arguments.Positional.ElementAtOrDefault(1), out var which)
                    ? await IssueToken.RevokeAsync(work, log, clock, which, context.Cancel)
                    : throw new UsageException("token revoke needs the token's id.");
                await work.CommitAsync(context.Cancel);
                await context.ReportAsync(new { revoked }, revoked ? "Revoked." : "There is no such token in force.");
                return revoked ? ExitCode.Ok : ExitCode.No;
            default:
                throw new UsageException($"token {act} is unknown.");
        }
    }

    private static async Task<IssueToken.Issued> IssueAsync(VerbContext context, UnitOfWork work, AccessLog log, TimeProvider clock)
    {
        var days = double.TryParse(context.Arguments.Value("days") ?? "90", CultureInfo.InvariantCulture, out var d)
            ? d
            : throw new UsageException("--days is a number.");
        try
        {
            var issued = await IssueToken.HandleAsync(
                work, log, clock,
                new IssueToken.Request
                {
                    Name = context.Arguments.Required("name"),
                    Scopes = (context.Arguments.Value("scopes") ?? "system/*.rs").Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    PatientId = context.Arguments.Value("patient"),
                    Lifetime = TimeSpan.FromDays(days),
                },
                context.Cancel);
            await work.CommitAsync(context.Cancel);
            return issued;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
