using System.Text.Json;
using System.Text.Json.Serialization;
using CareRecords;
using CareRecords.Database;
using KantaConnector.Status;
using Microsoft.Extensions.DependencyInjection;

namespace KantaConnector.Verbs;

/// <summary><c>care kanta queue</c> shows what is unfinished; <c>care kanta resend ID|OID|--all</c> sends again what needs attention.</summary>
public static class QueueVerbs
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private const int Most = 1000;

    /// <param name="services">The program's services; a scope is made here.</param>
    /// <returns>0 when nothing needs attention, 1 otherwise.</returns>
    public static async Task<int> QueueAsync(IServiceProvider services, bool json, TextWriter output, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var overview = await Submissions.OverviewAsync(work, cancel);
        var appointments = await Submissions.WayAsync(work, cancel, SubmissionContent.Appointment);
        var unfinished = await Submissions.UnfinishedAsync(work, Most, cancel);
        // One that nobody switched on holds up nothing.
        var shown = unfinished.Any(status => status.Content == SubmissionContent.Appointment) ? appointments : null;
        if (json)
        {
            // Patients are left out: the output of a verb ends up in shells' histories and tickets.
            await output.WriteLineAsync(JsonSerializer.Serialize(new { overview, appointmentWay = shown, documents = unfinished.Select(status => status with { PatientId = "" }) }, Json));
        }
        else
        {
            await output.WriteLineAsync($"queued {overview.Queued}, archived {overview.Archived}, need attention {overview.NeedsAttention}, handled elsewhere {overview.HandledElsewhere}");
            (string, string?)[] lines =
                [("held", overview.Hold), ("last fault", overview.Fault), ("appointments held", shown?.Hold), ("appointments' last fault", shown?.Fault)];
            foreach (var (label, text) in lines.Where(line => line.Item2 is not null))
            {
                await output.WriteLineAsync($"{label}: {text}");
            }
            foreach (var status in unfinished)
            {
                await output.WriteLineAsync($"{status.Id} {status.Content} {status.Oid} version {status.Version}: {status.State}{(status.DueAt is { } due ? $", due {due:yyyy-MM-dd}" : "")} {status.Reason}".TrimEnd());
            }
            if (unfinished.Count == Most)
            {
                await output.WriteLineAsync($"and more: the first {Most} are shown");
            }
        }
        return overview.NeedsAttention == 0 ? 0 : 1;
    }

    /// <param name="which">Ids or OIDs; <c>--all</c> stands for everything that needs attention.</param>
    /// <returns>0 when all were queued again, 1 when one was not, 2 for wrong usage.</returns>
    public static async Task<int> ResendAsync(IServiceProvider services, IReadOnlyList<string> which, bool json, TextWriter output, CancellationToken cancel)
    {
        if (which.Count == 0)
        {
            await output.WriteLineAsync("usage: care kanta resend [--json] ID|OID…|--all");
            return 2;
        }
        var failed = 0;
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "care kanta resend", UserRole.System);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var targets = which is ["--all"]
            ? (await Submissions.AttentionAsync(work, DateTimeOffset.MinValue, 10_000, cancel)).Select(status => status.Id.ToString()).ToArray()
            : [.. which];
        foreach (var target in targets)
        {
            var found = await Submissions.FindAsync(work, target, cancel);
            var result = found is null ? MendResult.Unknown : await scope.ServiceProvider.GetRequiredService<MendSubmission>().ResendAsync(work, found.Id, cancel);
            await work.CommitAsync(cancel);
            failed += result == MendResult.Done ? 0 : 1;
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(new { target, result }, Json) : $"{target}: {Words(result)}");
        }
        return failed == 0 ? 0 : 1;
    }

    private static string Words(MendResult result) => result switch
    {
        MendResult.Done => "is sent again",
        MendResult.Unknown => "no such document",
        MendResult.NotRefused => "does not need attention: it waits, is under way, or is finished",
        _ => "was built anew and still is not fit for the archive: care kanta queue says why",
    };
}
