using KantaConnector.Verbs;

namespace Booking.Host.Verbs;

internal static class KantaVerb
{
    public static Verb Verb { get; } = new(
        "kanta",
        "kanta queue | kanta resend ID|OID…|--all | kanta compare OID… | kanta verify [--schemas FOLDER] FILE…",
        "Shows and mends the queue to the archive; compares the archive's copies with ours; verifies messages and documents in files without a database.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var arguments = context.Arguments;
        var rest = arguments.Positional.Skip(1).ToList();
        switch (arguments.Positional.FirstOrDefault())
        {
            case "verify":
                return await VerifyFiles.RunAsync(rest, arguments.Value("schemas"), context.Json, context.Out, context.Cancel);
            case "queue":
                await using (var practice = await context.OpenAsync(migrate: false))
                {
                    return await QueueVerbs.QueueAsync(practice.Services, context.Json, context.Out, context.Cancel);
                }

            case "resend":
                await using (var practice = await context.OpenAsync(migrate: false))
                {
                    return await QueueVerbs.ResendAsync(
                        practice.Services, arguments.Has("all") ? ["--all"] : rest, context.Json, context.Out, context.Cancel);
                }

            case "compare":
                await using (var practice = await context.OpenAsync(migrate: false))
                {
                    return await CompareVerb.RunAsync(practice.Services, rest, context.Json, context.Out, context.Cancel);
                }

            default:
                throw new UsageException("kanta needs queue, resend, compare or verify.");
        }
    }
}
