namespace Fhir.FhirPath.Syntax;

internal enum TokenKind : byte
{
    End,
    Identifier,
    DelimitedIdentifier,
    String,
    Number,
    LongNumber,
    Date,
    DateTime,
    Time,
    TimeWithOffset,
    External,
    Dollar,
    Symbol,
}

/// <summary>A lexical element: <paramref name="Text"/> is the value after escapes; Position is its offset in the expression.</summary>
internal sealed record Token(TokenKind Kind, string Text, int Position)
{
    internal bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    internal bool IsWord(string word) => Kind == TokenKind.Identifier && Text == word;
}
