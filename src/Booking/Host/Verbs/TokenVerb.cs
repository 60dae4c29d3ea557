using System.Globalization;
using Booking.Host.Tokens;

namespace Booking.Host.Verbs;

internal static class TokenVerb
{
    public static Verb Verb { get; } = new(
        "token",
        "token issue --name TEXT [--scopes \"system/*.rs\"] [--days 90] | token list | token revoke ID",
        "Issues, lists and revokes bearer tokens for /fhir; a token is shown once and stored hashed.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var act = context.Arguments.Positional.FirstOrDefault() ?? "list";
        var days = double.TryParse(context.Arguments.Value("days") ?? "90", CultureInfo.InvariantCulture, out var d) && d is > 0 and <= 3660
            ? d
            : throw new UsageException("--days is a number between 0 and 3660.");
        await using var practice = await context.OpenAsync(migrate: false);
        var tokens = practice.Services.GetRequiredService<ApiTokens>();
        switch (act)
        {
            case "issue":
                var (id, secret) = await tokens.IssueAsync(
                    context.Arguments.Required("name"), context.Arguments.Value("scopes") ?? "system/*.rs", TimeSpan.FromDays(days), context.Cancel);
                await context.ReportAsync(new { id, token = secret }, secret);
                return ExitCode.Ok;
            case "list":
                var all = await tokens.ListAsync(context.Cancel);
                await context.ReportAsync(new { tokens = all }, string.Join('\n', all.Select(t =>
                    $"{t.Id}  {t.Name}  {t.Scopes}  until {t.ExpiresAt:yyyy-MM-dd}{(t.RevokedAt is null ? "" : "  revoked")}")));
                return ExitCode.Ok;
            case "revoke":
                var revoked = Guid.TryParse(context.Arguments.Positional.ElementAtOrDefault(1), out var which)
                    ? await tokens.RevokeAsync(which, context.Cancel)
                    : throw new UsageException("token revoke needs the token's id.");
                await context.ReportAsync(new { revoked }, revoked ? "Revoked." : "There is no such token in force.");
                return revoked ? ExitCode.Ok : ExitCode.No;
            default:
                throw new UsageException($"token {act} is unknown.");
        }
    }
}
