using Fhir.Validation;

namespace Fhir.Json;

/// <summary>The text is not a resource as FHIR writes them; says every fault that was found.</summary>
public sealed class FhirFormatException(IReadOnlyList<ValidationIssue> issues)
    : FormatException(string.Join(Environment.NewLine, issues.Select(i => i.ToString())))
{
    /// <summary>The faults, in the order of the text.</summary>
    public IReadOnlyList<ValidationIssue> Issues { get; } = issues;
}
