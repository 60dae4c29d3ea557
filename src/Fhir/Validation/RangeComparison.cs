using System.Globalization;
using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>Compares a value with a smallest or greatest allowed value.</summary>
internal static class RangeComparison
{
    /// <summary>Below 0, 0 or above 0 as FHIRPath orders values; null where they cannot be compared.</summary>
    public static int? Compare(Element value, Element limit)
    {
        if (value.TypeName == "Quantity" || value.Type.Is("Quantity"))
        {
            return value.TextAt("code") == limit.TextAt("code") && value.TextAt("system") == limit.TextAt("system") ? Number(value.TextAt("value"), limit.TextAt("value")) : null;
        }

        return value.Type.Primitive switch
        {
            PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => Number(value.Text, limit.Text),
            PrimitiveKind.Date or PrimitiveKind.Time => value.Text is null || limit.Text is null || value.Text.Length != limit.Text.Length ? null : string.CompareOrdinal(value.Text, limit.Text),
            PrimitiveKind.DateTime or PrimitiveKind.Instant => Instant(value.Text, limit.Text),
            _ => null,
        };
    }

    private static int? Number(string? value, string? limit) =>
        decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && decimal.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
            ? a.CompareTo(b) : null;

    private static int? Instant(string? value, string? limit) =>
        value?.Length > 10 && limit?.Length > 10
        && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var a) && DateTimeOffset.TryParse(limit, CultureInfo.InvariantCulture, DateTimeStyles.None, out var b)
            ? a.CompareTo(b) : value is not null && limit is not null && value.Length == limit.Length ? string.CompareOrdinal(value, limit) : null;
}
