namespace Fhir.Validation;

/// <summary>How much an issue matters.</summary>
public enum IssueSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information,

    /// <summary>Allowed, but probably not meant.</summary>
    Warning,

    /// <summary>The resource does not conform.</summary>
    Error,
}

/// <summary>One finding about a resource.</summary>
/// <param name="Severity">Only <see cref="IssueSeverity.Error"/> makes a resource invalid.</param>
/// <param name="Rule">Stable key of the rule: an invariant's key such as "pat-1", or one of ours such as "cardinality" (docs/conformance.md lists them).</param>
/// <param name="Place">FHIRPath of the element concerned, such as "Patient.name[0].family".</param>
/// <param name="Line">Line in the source, from 1; 0 where the resource was not read from a text.</param>
/// <param name="Column">Column in the source in bytes, from 1; 0 where the resource was not read from a text.</param>
/// <param name="Message">What is wrong and what to do about it. Holds no values from the resource other than codes, addresses and names of elements.</param>
public sealed record ValidationIssue(IssueSeverity Severity, string Rule, string Place, int Line, int Column, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Severity} {Rule} at {Place} ({Line}:{Column}): {Message}";
}
