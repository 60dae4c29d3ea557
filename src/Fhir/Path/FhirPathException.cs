namespace Fhir.FhirPath;

/// <summary>When an expression was found wrong: while reading it, while checking it against the types, or while evaluating it.</summary>
public enum FhirPathErrorKind
{
    /// <summary>The text is no FHIRPath expression.</summary>
    Syntax,

    /// <summary>The expression cannot mean anything for the types at hand: an unknown property or function, a wrong number of arguments, …</summary>
    Semantic,

    /// <summary>Evaluation ended with an error: several items where one is expected, operands of different types, a limit reached, …</summary>
    Execution,
}

/// <summary>An error of an expression. The message names what is wrong and, where it is known, the position in the expression (counted from 1).</summary>
public sealed class FhirPathException(FhirPathErrorKind kind, string message, int position = -1)
    : Exception(position < 0 ? message : $"{message} (at character {position + 1})")
{
    /// <summary>Which of the three kinds of errors this is.</summary>
    public FhirPathErrorKind Kind { get; } = kind;

    /// <summary>Offset in the expression counted from 0, or -1.</summary>
    public int Position { get; } = position;

    internal static FhirPathException Syntax(string message, int position) => new(FhirPathErrorKind.Syntax, message, position);

    internal static FhirPathException Semantic(string message, int position) => new(FhirPathErrorKind.Semantic, message, position);

    internal static FhirPathException Execution(string message, int position = -1) => new(FhirPathErrorKind.Execution, message, position);
}
