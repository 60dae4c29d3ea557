using System.Globalization;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Syntax;

/// <summary>Turns literal tokens into values.</summary>
internal static class LiteralReader
{
    /// <summary>A number with a unit: a UCUM code, or a calendar keyword, which means the same quoted or not.</summary>
    internal static Expression Quantity(Token number, string unit) =>
        new LiteralExpression(PathValue.From(new PathQuantity(Decimal(number), unit)), number.Position);

    internal static Expression Read(Token token) => token.Kind switch
    {
        TokenKind.Identifier => new LiteralExpression(PathValue.From(token.Text == "true"), token.Position),
        TokenKind.String => new LiteralExpression(PathValue.From(token.Text), token.Position),
        TokenKind.Number => Number(token),
        TokenKind.LongNumber => long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new LiteralExpression(PathValue.FromLong(value), token.Position)
            : throw FhirPathException.Syntax($"{token.Text}L does not fit a Long", token.Position),
        TokenKind.Date => Temporal(token, TemporalReader.Date(token.Text)),
        TokenKind.DateTime => Temporal(token, TemporalReader.DateTime(token.Text)),
        TokenKind.Time => Temporal(token, TemporalReader.Time(token.Text)),
        _ => new InvalidLiteralExpression($"{token.Text} is no time: a time has no offset", token.Position),
    };

    private static LiteralExpression Number(Token token)
    {
        if (token.Text.Contains('.', StringComparison.Ordinal))
        {
            return new LiteralExpression(PathValue.From(Decimal(token)), token.Position);
        }

        return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)
            ? new LiteralExpression(PathValue.From(integer), token.Position)
            : throw FhirPathException.Syntax($"{token.Text} does not fit an Integer", token.Position);
    }

    private static decimal Decimal(Token token) =>
        Numbers.Decimal(token.Text) ?? throw FhirPathException.Syntax($"{token.Text} does not fit a Decimal", token.Position);

    private static LiteralExpression Temporal(Token token, Temporal? value) => value is null
        ? throw FhirPathException.Syntax($"@{token.Text} is no date or time", token.Position)
        : new LiteralExpression(PathValue.From(value), token.Position);
}
