using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>An invariant with its expression, compiled when it is first evaluated.</summary>
internal sealed class Invariant(ConstraintFacts facts)
{
    private FhirPathExpression? _expression;

    public string Key => facts.Key;

    public IssueSeverity Severity => facts.IsError ? IssueSeverity.Error : IssueSeverity.Warning;

    public string Message => facts.Human is { } human ? $"{human} ({facts.Expression})" : $"Rule {facts.Key} does not hold: {facts.Expression}";

    /// <summary>Whether the invariant is not violated: an expression that gives nothing (such as a comparison of dates of different precision) says nothing against the element.</summary>
    /// <exception cref="FhirPathException">The expression cannot be compiled or evaluated here.</exception>
    public bool Holds(Element element, FhirPathEnvironment environment)
    {
        _expression ??= FhirPathExpression.Cached(facts.Expression, null, FhirPathRules.Definitions);
        return _expression.EvaluateBoolean(element, environment) != false;
    }

    /// <summary>The invariants that are not known already; of several keys with one expression (txt-1 and txt-2), the first.</summary>
    public static Invariant[] Of(IEnumerable<ConstraintFacts> constraints, Func<string, bool> isKnown) =>
        [.. constraints.Where(c => c.Expression.Length > 0 && !isKnown(c.Key)).DistinctBy(c => c.Expression).Select(c => new Invariant(c))];
}
