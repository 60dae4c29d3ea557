using System.Globalization;
using KantaConnector.Verbs;

namespace Booking.Host.Verbs;

internal static class KantaVerb
{
    public static Verb Verb { get; } = new(
        "kanta",
        "kanta queue | kanta resend ID|OID…|--all | kanta compare OID… | "
        + "kanta reconcile [--after-restore] [--since yyyy-MM-dd] [--proceed-unanswered] | kanta verify [--schemas FOLDER] FILE…",
        "Shows and mends the queue to the archive; compares the archive's copies with ours; verifies messages and documents in files without a database.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var arguments = context.Arguments;
        var rest = arguments.Positional.Skip(1).ToList();
        if (rest.Count == 0 && ((arguments.Positional.FirstOrDefault() is "resend" && !arguments.Has("all")) || arguments.Positional.FirstOrDefault() is "compare" or "verify"))
        {
            throw new UsageException(arguments.Positional[0] switch
            {
                "verify" => "kanta verify needs the files to check: messages or documents.",
                "resend" => "kanta resend needs the ids or OIDs of documents, as care kanta queue lists them, or --all for everything that was refused.",
                _ => "kanta compare needs the OIDs of documents, as care kanta queue lists them.",
            });
        }

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

            case "reconcile":
                var since = arguments.Value("since") is not { } day ? TimeProvider.System.GetUtcNow().AddDays(-60)
                    : DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                        ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
                        : throw new UsageException("--since is a day like 2026-11-25.");
                await using (var practice = await context.OpenAsync(migrate: false))
                {
                    return await ReconcileVerb.RunAsync(
                        practice.Services, arguments.Has("after-restore"), since, arguments.Has("proceed-unanswered"), context.Json, context.Out, context.Cancel);
                }

            case { } unknown:
                throw new UsageException($"kanta has no {unknown}: it has queue, resend, compare, reconcile and verify.");

            default:
                throw new UsageException("kanta needs queue, resend, compare, reconcile or verify.");
        }
    }
}
