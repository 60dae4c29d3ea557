using System.Text.Json;
using System.Text.Json.Serialization;
using CareRecords;
using CareRecords.Database;
using KantaConnector.Retrieval;
using Microsoft.Extensions.DependencyInjection;

namespace KantaConnector.Verbs;

/// <summary><c>care kanta compare OID…</c>: fetches the archive's copies of our documents and compares them byte for byte with ours.</summary>
public static class CompareVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <param name="which">OIDs of documents or service events; every version of their chains is compared.</param>
    /// <returns>0 when all agree, 1 when one does not or cannot be compared, 2 for wrong usage.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> which, bool json, TextWriter output, CancellationToken cancel)
    {
        if (which.Count == 0)
        {
            await output.WriteLineAsync("usage: care kanta compare [--json] OID…   (of documents or of service events)");
            return 2;
        }
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "care kanta compare", UserRole.System);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var reports = await scope.ServiceProvider.GetRequiredService<CompareWithArchive>().Handle(work, which, cancel);
        await work.CommitAsync(cancel);
        foreach (var report in reports)
        {
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(report, Json)
                : $"{report.Oid} version {report.Version}: {Words(report)}, here {report.StateHere ?? "unknown"}{(report.InvalidatedThere ? ", invalidated in the archive" : "")} {report.Reason}".TrimEnd());
        }
        if (reports.Count == 0)
        {
            await output.WriteLineAsync(json ? "{\"documents\":0}" : "no such document or service event was queued here");
        }
        return reports.Count > 0 && reports.All(report => report.IsSound) ? 0 : 1;
    }

    private static string Words(CopyReport report) => report.Verdict switch
    {
        CopyVerdict.Same => "the archive holds the same bytes",
        CopyVerdict.Differs => $"the archive holds other bytes (here {report.Sha256Here}, there {report.Sha256There})",
        CopyVerdict.NotInArchive => "not in the archive",
        CopyVerdict.UnknownHere => "in the archive, unknown to this database",
        _ => "could not be compared",
    };
}
