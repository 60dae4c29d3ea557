namespace Booking.Host.Verbs;

internal static class MigrateVerb
{
    public static Verb Verb { get; } = new(
        "migrate", "migrate", "Brings the databases up to date as their owner; the embedded default does so by itself at start.", RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        await using var practice = await context.OpenAsync(migrate: true);
        await context.ReportAsync(new { migrated = true }, "The databases are up to date.");
        return ExitCode.Ok;
    }
}
