using CareRecords.Practice;
using KantaConnector.Documents;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>
/// Why a document cannot go to the archive: facts missing, our own structural rules, the Finnish schemas where their folder is configured, and, for the real
/// archive, codes that stand in for ones that were not imported.
/// </summary>
internal sealed class DocumentFitness(IOptions<KantaOptions> options)
{
    private readonly Lazy<CdaSchemas?> schemas = new(() => options.Value.SchemaFolder.Length > 0 ? new CdaSchemas(options.Value.SchemaFolder) : null);

    /// <summary>Says that a reason follows; pages look for it.</summary>
    public const string Unfit = "not fit for the archive: ";

    /// <returns>Null when it is fit; else reasons that name places, never values.</returns>
    public string? Reason(IReadOnlyList<DocumentProblem> problems, BuiltDocument? built, KantaEnvironment environment)
    {
        IReadOnlyList<string> reasons = built is null
            ? [.. problems.Select(problem => $"{problem.Path}: {problem.Reason}").Distinct()]
            : [.. CdaChecks.Problems(SafeXml.Linq(built.Cda)), .. schemas.Value?.Problems(built.Cda) ?? [], .. Demonstration(built, environment)];
        return reasons.Count == 0 ? null : Unfit + string.Join("; ", reasons);
    }

    // In the bytes, so that no place of a code is forgotten. The task class comes from settings, all others from the note.
    private static IEnumerable<string> Demonstration(BuiltDocument built, KantaEnvironment environment)
    {
        if (environment != KantaEnvironment.Production)
        {
            yield break;
        }
        var all = Count(built.Cda, " code=\"DEMO-"u8);
        var ofSettings = Count(built.Cda, "<functionCode code=\"DEMO-"u8);
        if (ofSettings > 0)
        {
            yield return "settings: Kanta:CareFunctionCode is a demonstration code";
        }
        if (all > ofSettings)
        {
            yield return "codes: a demonstration code stands where a national one belongs";
        }
    }

    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> what)
    {
        var count = 0;
        for (var at = bytes.IndexOf(what); at >= 0; at = bytes.IndexOf(what))
        {
            count++;
            bytes = bytes[(at + what.Length)..];
        }
        return count;
    }
}
