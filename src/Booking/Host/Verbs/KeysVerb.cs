using CareRecords.Protection;

namespace Booking.Host.Verbs;

internal static class KeysVerb
{
    public static Verb Verb { get; } = new(
        "keys",
        "keys rotate",
        "New keys for what wraps the data keys and for the search index's hashes, beside traffic; goes on where an earlier run was stopped. With --json a line for each step.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        if (context.Arguments.Positional is not ["rotate"])
        {
            throw new UsageException("keys needs rotate.");
        }

        await using var practice = await context.OpenAsync(migrate: false);
        var said = DateTimeOffset.MinValue;
        var last = "";
        try
        {
            await foreach (var step in practice.Services.GetRequiredService<RotateKeys>().RunAsync(context.Cancel))
            {
                if (step.Step != last || TimeProvider.System.GetUtcNow() - said > TimeSpan.FromSeconds(1))
                {
                    (said, last) = (TimeProvider.System.GetUtcNow(), step.Step);
                    await context.ReportAsync(step, Text(practice.Settings.MasterKeyFile, step));
                }
            }

            return ExitCode.Ok;
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("Another", StringComparison.Ordinal))
        {
            throw new StartupException($"{e.Message} Run `care keys rotate` again when it is done: it goes on.");
        }
    }

    private static string Text(string file, RotationProgress step) => step.Step switch
    {
        "begun" => $"{file} holds new keys beside the old ones. Copy it to every other node and to its safe place now.",
        "wrapping" => $"wrapped {step.Done} data keys anew",
        "indexing" => $"indexed {step.Done} of about {step.Total}",
        _ => $"done: {file} holds the new keys only. Copy it to its safe place; keep the older copies as long as backups of before.",
    };
}
