using Booking.Attention;
using Booking.Host.Database;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Status;

namespace Booking.Host.Verbs;

internal static class StatusVerb
{
    public static Verb Verb { get; } = new(
        "status", "status", "Says whether database, keys and practice are in order; exit code 1 when something needs attention.", RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        await using var open = await context.OpenAsync(migrate: false);
        var durability = await DurabilityCheck.SettingsAsync(open.DataSource, context.Cancel);
        var practice = await open.Services.GetRequiredService<PracticeDirectory>().FindAsync(context.Cancel);
        await using var command = open.DataSource.CreateCommand("select current_setting('server_version')");
        var version = (string)(await command.ExecuteScalarAsync(context.Cancel))!;
        var readiness = open.Services.GetRequiredService<KantaReadiness>();
        await using var work = new UnitOfWork(open.DataSource);
        var attention = await AttentionFigures.ReadAsync(work, readiness, TimeProvider.System.GetUtcNow(), context.Cancel);
        var certificates = readiness.Certificates();
        var report = new
        {
            server = open.Access.Embedded is null ? "named in the settings" : "embedded",
            postgres = version,
            durability,
            dataFolder = open.Settings.Folder,
            practice = practice?.Name,
            environment = practice?.Environment.ToString(),
            installationEpoch = practice?.Epoch,
            attention,
            certificates,
            dependencyAudit = "NOT CHECKED: this installation has no source of advisories",
        };
        await context.ReportAsync(report, $"""
            PostgreSQL {version} ({report.server}): {string.Join(", ", durability.Select(s => $"{s.Key} {s.Value}"))}
            data in {report.dataFolder}
            practice: {practice?.Name ?? "none set up; run `care setup`"}{(practice is null ? "" : $" ({practice.Environment}, epoch {practice.Epoch})")}
            records and documents waiting: {attention.NotWritten} not written, {attention.NotSigned} not signed, {attention.NotSent} not sent, {attention.Refused} refused; over 24 h {attention.Over24}, 72 h {attention.Over72}, 96 h {attention.Over96}
            way to the archive: {(attention.Hold is { } hold ? $"HELD, {hold}" : attention.Fault is { } fault ? $"last fault: {fault}" : "free")}
            {string.Join('\n', certificates.Select(c => $"{c.Purpose} certificate: {c.Problem ?? $"until {c.ValidUntil:yyyy-MM-dd}"}{(c.WarnDays is { } days ? $", EXPIRES WITHIN {days} DAYS" : "")}"))}
            dependency audit: {report.dependencyAudit}
            """);
        var attended = attention is { Refused: 0, Alarm: 0, Hold: null, Fault: null } && certificates.All(c => c.WarnDays is null && !(c.ValidUntil < TimeProvider.System.GetUtcNow()));
        return practice is null || durability.ContainsValue("off") || !attended ? ExitCode.No : ExitCode.Ok;
    }
}
