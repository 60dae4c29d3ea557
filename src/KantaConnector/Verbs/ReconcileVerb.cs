using System.Text.Json;
using System.Text.Json.Serialization;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Retrieval;
using Microsoft.Extensions.DependencyInjection;

namespace KantaConnector.Verbs;

/// <summary>
/// <c>care kanta reconcile</c>: compares the archive with the queue and mends the queue, so that nothing is sent twice. With <c>--after-restore</c> it first
/// raises the installation epoch and stops the queue, which goes on when everything was answered for.
/// </summary>
public static class ReconcileVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="since">Care after this time is asked about; unfinished documents always are.</param>
    /// <param name="proceedUnanswered">The queue goes on although the archive did not answer; its own refusal of duplicates is then the only guard.</param>
    /// <returns>0 when all agree or were mended, 1 when something needs a person, 2 when the archive did not answer for everything.</returns>
    public static async Task<int> RunAsync(
        IServiceProvider services, bool afterRestore, DateTimeOffset since, bool proceedUnanswered, bool json, TextWriter output, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "care kanta reconcile", UserRole.System);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        if (afterRestore)
        {
            await AfterRestore.Begin(work, scope.ServiceProvider.GetRequiredService<SeenEpochs>(), cancel);
            await work.CommitAsync(cancel);
            scope.ServiceProvider.GetRequiredService<PracticeDirectory>().Forget();
        }
        var reports = await scope.ServiceProvider.GetRequiredService<ReconcileWithArchive>().Handle(work, since, cancel);
        await work.CommitAsync(cancel);
        var unanswered = reports.Any(report => report.Verdict == ReconcileVerdict.NoAnswer);
        var held = await AfterRestore.IsOpen(work, cancel);
        if (held && (!unanswered || proceedUnanswered))
        {
            await AfterRestore.End(work, cancel);
            held = false;
        }
        await work.CommitAsync(cancel);
        foreach (var report in reports)
        {
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(report, Json) : $"{Which(report)}: {Words(report)} {report.Reason}".TrimEnd());
        }
        await output.WriteLineAsync(json ? JsonSerializer.Serialize(new { documents = reports.Count, unanswered, queueHeld = held }, Json)
            : reports.Count == 0 ? "the archive and the queue agree"
            : held ? "the queue stays still: not everything was answered for (run this again, or with --proceed-unanswered)" : "the queue goes on");
        return unanswered ? 2 : reports.Any(report => report.Verdict is ReconcileVerdict.Differs or ReconcileVerdict.MissingThere || report is { Verdict: ReconcileVerdict.Adopted, IsNote: true }) ? 1 : 0;
    }

    private static string Which(Reconciled report) => report switch
    {
        { Verdict: ReconcileVerdict.NoAnswer, Version: 0, Oid.Length: 0 } => "a patient's documents",
        { Verdict: ReconcileVerdict.NoAnswer, Version: 0 } => $"service event {report.Oid}",
        _ => $"{report.Oid} version {report.Version}",
    };

    private static string Words(Reconciled report) => report.Verdict switch
    {
        ReconcileVerdict.WasArchived => "was archived already, closed",
        ReconcileVerdict.TakenOver => "was archived after the backup; the archive's bytes were taken over, closed",
        ReconcileVerdict.Adopted when report.IsNote => $"a note of service event {report.ServiceEventOid} that only the archive has; taken over, its text is to be read there",
        ReconcileVerdict.Adopted => "only the archive had it; taken over",
        ReconcileVerdict.MissingThere => "archived here, NOT in the archive",
        ReconcileVerdict.Differs => "the archive holds OTHER content",
        _ => "no answer:",
    };
}
