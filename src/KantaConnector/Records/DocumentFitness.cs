using KantaConnector.Documents;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>Why a document cannot go to the archive: facts missing, our own structural rules, and the Finnish schemas where their folder is configured.</summary>
internal sealed class DocumentFitness(IOptions<KantaOptions> options)
{
    private readonly Lazy<CdaSchemas?> schemas = new(() => options.Value.SchemaFolder.Length > 0 ? new CdaSchemas(options.Value.SchemaFolder) : null);

    /// <returns>Null when it is fit; else reasons that name places, never values.</returns>
    public string? Reason(IReadOnlyList<DocumentProblem> problems, BuiltDocument? built)
    {
        IReadOnlyList<string> reasons = built is null
            ? [.. problems.Select(problem => $"{problem.Path}: {problem.Reason}").Distinct()]
            : [.. CdaChecks.Problems(SafeXml.Linq(built.Cda)), .. schemas.Value?.Problems(built.Cda) ?? []];
        return reasons.Count == 0 ? null : "not fit for the archive: " + string.Join("; ", reasons);
    }
}
