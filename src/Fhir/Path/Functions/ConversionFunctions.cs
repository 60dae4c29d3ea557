using System.Buffers;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;
using Fhir.Ucum;

namespace Fhir.FhirPath.Functions;

/// <summary>Explicit conversions toX and convertsToX (N1 §5.5). What cannot be converted gives nothing.</summary>
internal static class ConversionFunctions
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-0123456789.");

    internal static PathValue ToBoolean(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Boolean => input,
        PathKind.Integer or PathKind.Long or PathKind.Decimal => input.AsDecimal switch { 1 => PathValue.From(true), 0 => PathValue.From(false), _ => default },
        PathKind.String => input.AsString.ToUpperInvariant() switch
        {
            "TRUE" or "T" or "YES" or "Y" or "1" or "1.0" => PathValue.From(true),
            "FALSE" or "F" or "NO" or "N" or "0" or "0.0" => PathValue.From(false),
            _ => default,
        },
        _ => default,
    };

    internal static PathValue ToInteger(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        AsLong(input) is >= int.MinValue and <= int.MaxValue and { } value ? PathValue.From((int)value) : default;

    internal static PathValue ToLong(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        AsLong(input) is { } value ? PathValue.FromLong(value) : default;

    internal static PathValue ToDecimal(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Boolean => PathValue.From(input.AsBoolean ? 1.0m : 0.0m),
        PathKind.Integer or PathKind.Long or PathKind.Decimal => PathValue.From(input.AsDecimal),
        PathKind.String => Numbers.Decimal(input.AsString) is { } value ? PathValue.From(value) : default,
        _ => default,
    };

    internal static PathValue ToText(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        input.Kind is PathKind.Element or PathKind.TypeInfo or PathKind.None ? default : PathValue.From(input.ToString());

    internal static PathValue ToDate(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Date or PathKind.DateTime => PathValue.From(input.AsTemporal.As(PathKind.Date)),
        PathKind.String => (TemporalReader.Date(input.AsString) ?? TemporalReader.DateTime(input.AsString)?.As(PathKind.Date)) is { } date ? PathValue.From(date) : default,
        _ => default,
    };

    internal static PathValue ToDateTime(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Date or PathKind.DateTime => PathValue.From(input.AsTemporal.As(PathKind.DateTime)),
        PathKind.String => TemporalReader.DateTime(input.AsString) is { } value ? PathValue.From(value) : default,
        _ => default,
    };

    internal static PathValue ToTime(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => input.Kind switch
    {
        PathKind.Time => input,
        PathKind.String => TemporalReader.Time(input.AsString) is { } value ? PathValue.From(value) : default,
        _ => default,
    };

    internal static PathValue ToQuantity(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var quantity = input.Kind switch
        {
            PathKind.Boolean => new PathQuantity(input.AsBoolean ? 1.0m : 0.0m, "1"),
            PathKind.String => ReadQuantity(input.AsString),
            _ => Conversions.AsQuantity(input),
        };
        if (quantity is null || a.Length == 0 || a[0].IsNone)
        {
            return quantity is null ? default : PathValue.From(quantity);
        }

        return InUnit(quantity, StringFunctions.Text(a[0], call)) is { } converted ? PathValue.From(converted) : default;
    }

    private static long? AsLong(in PathValue input) => input.Kind switch
    {
        PathKind.Boolean => input.AsBoolean ? 1 : 0,
        PathKind.Integer or PathKind.Long => input.AsLong,
        PathKind.String => Numbers.Integer(input.AsString),
        _ => null,
    };

    /// <summary>Reads <c>number ('unit' | keyword)?</c>.</summary>
    private static PathQuantity? ReadQuantity(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? text : text[..digits];
        var rest = digits < 0 ? "" : text[digits..].TrimStart(' ', '\t', '\r', '\n');
        if (Numbers.Decimal(number) is not { } value)
        {
            return null;
        }

        if (rest.Length == 0)
        {
            return digits < 0 ? new PathQuantity(value, "1") : null;
        }

        if (rest[0] != '\'')
        {
            return CalendarUnits.IsKeyword(rest) ? new PathQuantity(value, rest) : null;
        }

        return rest.Length > 2 && rest.IndexOf('\'', 1) == rest.Length - 1 ? new PathQuantity(value, rest[1..^1]) : null;
    }

    private static PathQuantity? InUnit(PathQuantity quantity, string unit)
    {
        if (quantity.Unit == unit || quantity.Unit == "1")
        {
            return quantity with { Unit = unit };
        }

        // A calendar unit converts within its own system, and then changes to the counterpart.
        if (quantity.IsCalendar && CalendarUnits.OfCode(quantity.Unit) is { } from && CalendarUnits.OfCode(unit) is { } to)
        {
            return new PathQuantity(CalendarUnits.Convert(quantity.Value, from, to), unit);
        }

        var target = new PathQuantity(0, unit);
        return UnitsOfMeasure.TryConvert(quantity.Value, PathQuantity.UcumOf(quantity), PathQuantity.UcumOf(target), out var converted)
            ? new PathQuantity(converted, unit)
            : null;
    }
}
