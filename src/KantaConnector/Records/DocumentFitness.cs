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

    // In the bytes, so that no place of a code is forgotten.
    private static string[] Demonstration(BuiltDocument built, KantaEnvironment environment) =>
        environment == KantaEnvironment.Production && built.Cda.AsSpan().IndexOf(" code=\"DEMO-"u8) >= 0 ? ["codes: a demonstration code stands where a national one belongs"] : [];
}
