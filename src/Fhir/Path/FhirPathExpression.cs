using System.Collections.Concurrent;
using Fhir.FhirPath.Compilation;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Syntax;
using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.FhirPath;

/// <summary>
/// A FHIRPath expression (http://hl7.org/fhirpath/N1 with the additions of FHIR R4 and the functions that HL7's tests use), compiled once. Immutable and thread-safe.
/// </summary>
public sealed class FhirPathExpression
{
    private const int MaxCached = 8192;

    private static readonly ConcurrentDictionary<CacheKey, FhirPathExpression> Cache = new();
    private static int _cached;

    private readonly Node _node;

    private FhirPathExpression(string text, string? contextType, Node node)
    {
        Text = text;
        ContextType = contextType;
        _node = node;
    }

    /// <summary>The expression as given.</summary>
    public string Text { get; }

    /// <summary>The type that it was checked against; null if none.</summary>
    public string? ContextType { get; }

    /// <summary>Reads and checks an expression.</summary>
    /// <param name="expression">At most 65,536 characters.</param>
    /// <param name="contextType">The FHIR type it will be evaluated on (Patient, HumanName, …); with it, properties are checked before evaluation. Null: no check of properties.</param>
    /// <param name="rules">How strictly to read; the definitions of R4 itself (invariants, search parameters) need <see cref="FhirPathRules.Definitions"/>.</param>
    /// <exception cref="FhirPathException">The expression is wrong (Syntax) or cannot fit the type (Semantic).</exception>
    public static FhirPathExpression Compile(string expression, string? contextType = null, FhirPathRules rules = FhirPathRules.Strict) =>
        new(expression, contextType, Compiler.Compile(Parser.Parse(expression), contextType, lenient: rules == FhirPathRules.Definitions));

    /// <summary>As <see cref="Compile"/>, but keeps up to 8,192 results, for expressions that definitions or configuration bring along.</summary>
    public static FhirPathExpression Cached(string expression, string? contextType = null, FhirPathRules rules = FhirPathRules.Strict)
    {
        var key = new CacheKey(expression, contextType, rules == FhirPathRules.Definitions);
        if (Cache.TryGetValue(key, out var known))
        {
            return known;
        }

        var compiled = Compile(expression, contextType, rules);
        // Not Count, which takes every lock of the dictionary.
        return _cached < MaxCached && Interlocked.Increment(ref _cached) <= MaxCached ? Cache.GetOrAdd(key, compiled) : compiled;
    }

    /// <summary>Evaluates on an element; null stands for nothing at all.</summary>
    /// <exception cref="FhirPathException">An execution error.</exception>
    public IReadOnlyList<PathValue> Evaluate(Element? element, FhirPathEnvironment? environment = null)
    {
        var evaluation = Begin(element, environment);
        try
        {
            _node.Eval(evaluation);
            return evaluation.Count == 0 ? [] : evaluation.Items(0).ToArray();
        }
        finally
        {
            evaluation.Return();
        }
    }

    /// <summary>Evaluates to a Boolean as singleton evaluation has it (one item that is no Boolean counts as true); null for an empty result.</summary>
    /// <exception cref="FhirPathException">An execution error, also if several items result.</exception>
    public bool? EvaluateBoolean(Element? element, FhirPathEnvironment? environment = null)
    {
        var evaluation = Begin(element, environment);
        try
        {
            return _node.Test(evaluation) switch { Truth.True => true, Truth.False => false, _ => null };
        }
        finally
        {
            evaluation.Return();
        }
    }

    /// <summary>
    /// Whether an invariant is not violated. Nothing counts as not violated: R4's own invariants give nothing where the element that they test is absent (ref-1 on a Reference
    /// with only a display).
    /// </summary>
    /// <exception cref="FhirPathException">An execution error.</exception>
    public bool Holds(Element? element, FhirPathEnvironment? environment = null) => EvaluateBoolean(element, environment) != false;

    /// <summary>Whether the result is true; nothing is not.</summary>
    /// <exception cref="FhirPathException">An execution error.</exception>
    public bool IsTrue(Element? element, FhirPathEnvironment? environment = null) => EvaluateBoolean(element, environment) == true;

    /// <inheritdoc />
    public override string ToString() => Text;

    // A class: dictionaries of structures are compiled when the program starts.
    private sealed record CacheKey(string Text, string? Context, bool Lenient);

    private static Evaluation Begin(Element? element, FhirPathEnvironment? environment) =>
        Evaluation.Rent(element is null ? default : PathValue.From(element), environment ?? FhirPathEnvironment.Default);
}

/// <summary>How an expression is read.</summary>
public enum FhirPathRules
{
    /// <summary>By the specification: unknown properties and misplaced type names are semantic errors, as() takes one item.</summary>
    Strict,

    /// <summary>
    /// As R4's own invariants and search parameters need it: as() filters many items, a path that begins with another type gives nothing, unknown properties give nothing.
    /// </summary>
    Definitions,
}
