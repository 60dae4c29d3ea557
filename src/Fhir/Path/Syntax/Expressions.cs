using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Syntax;

/// <summary>A parsed expression; Position is its offset in the text.</summary>
internal abstract record Expression(int Position);

internal sealed record LiteralExpression(PathValue Value, int Position) : Expression(Position);

internal sealed record EmptyExpression(int Position) : Expression(Position);

/// <summary>A literal that the lexical rules admit but that has no value, such as a time with an offset: an error once it is evaluated.</summary>
internal sealed record InvalidLiteralExpression(string Message, int Position) : Expression(Position);

internal sealed record VariableExpression(string Name, int Position) : Expression(Position);

/// <summary>$this, $index or $total.</summary>
internal sealed record ScopeExpression(string Name, int Position) : Expression(Position);

/// <summary>A property; without Source it is one of $this.</summary>
internal sealed record MemberExpression(Expression? Source, string Name, bool Delimited, int Position) : Expression(Position);

internal sealed record CallExpression(Expression? Source, string Name, IReadOnlyList<Argument> Arguments, int Position) : Expression(Position);

internal sealed record IndexerExpression(Expression Source, Expression Index, int Position) : Expression(Position);

internal sealed record UnaryExpression(bool Negative, Expression Operand, int Position) : Expression(Position);

internal sealed record BinaryExpression(string Operator, Expression Left, Expression Right, int Position) : Expression(Position);

internal sealed record TypeExpression(bool As, Expression Operand, string TypeName, int Position) : Expression(Position);

/// <summary>An argument; Descending is set by <c>desc</c> behind a key of sort().</summary>
internal sealed record Argument(Expression Value, bool Descending);
