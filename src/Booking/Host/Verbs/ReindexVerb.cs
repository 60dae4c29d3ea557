using CareRecords.Search;

namespace Booking.Host.Verbs;

internal static class ReindexVerb
{
    public static Verb Verb { get; } = new(
        "reindex",
        "reindex [--all]",
        "Makes the search index anew beside traffic, going on where an earlier run was stopped; --all begins afresh. With --json a line for each step.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        await using var practice = await context.OpenAsync(migrate: false);
        await RunAsync(context, practice.Services.GetRequiredService<Reindex>(), context.Arguments.Has("all"));
        return ExitCode.Ok;
    }

    /// <summary>Runs it to its end, with a line of progress every second.</summary>
    internal static async Task RunAsync(VerbContext context, Reindex reindex, bool afresh)
    {
        var said = DateTimeOffset.MinValue;
        try
        {
            await foreach (var step in reindex.RunAsync(afresh, context.Cancel))
            {
                if (step.Finished || TimeProvider.System.GetUtcNow() - said > TimeSpan.FromSeconds(1))
                {
                    said = TimeProvider.System.GetUtcNow();
                    await context.ReportAsync(
                        step,
                        step.Finished ? $"indexed {step.Done} resources; done{(step.Lost > 0 ? $" ({step.Lost} whose key was destroyed hold no values)" : "")}"
                            : $"indexed {step.Done} of about {step.Total}");
                }
            }
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("Another", StringComparison.Ordinal))
        {
            throw new StartupException(e.Message);
        }
    }
}
