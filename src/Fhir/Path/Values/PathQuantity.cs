using System.Globalization;
using Fhir.Ucum;

namespace Fhir.FhirPath.Values;

/// <summary>A System.Quantity: a value and a UCUM code or a calendar duration keyword (year, months, …). Immutable.</summary>
/// <param name="Value">The number, with its precision.</param>
/// <param name="Unit">A UCUM code, <c>1</c> for none, or a calendar keyword as written.</param>
public sealed record PathQuantity(decimal Value, string Unit)
{
    /// <summary>True if the unit is a calendar duration keyword, which differs from UCUM for years and months.</summary>
    public bool IsCalendar => CalendarUnits.IsKeyword(Unit);

    /// <summary>The notation of FHIRPath: <c>4 days</c>, <c>1.5 'mg'</c>.</summary>
    public override string ToString() =>
        IsCalendar ? string.Create(CultureInfo.InvariantCulture, $"{Value} {Unit}") : string.Create(CultureInfo.InvariantCulture, $"{Value} '{Unit}'");

    /// <summary>Negative, zero or positive; null if the units cannot be compared.</summary>
    internal static int? Compare(PathQuantity left, PathQuantity right) =>
        left.Unit == right.Unit ? left.Value.CompareTo(right.Value)
        : Align(left, right, equivalent: false) is { } values ? values.Left.CompareTo(values.Right)
        : null;

    /// <summary>Equivalence: years and months match their UCUM counterparts, and the values are rounded to the lesser precision; null if the units cannot be compared.</summary>
    internal static bool? Equivalent(PathQuantity left, PathQuantity right) =>
        Align(left, right, equivalent: true) is { } values ? Numbers.Equivalent(values.Left, values.Right) : null;

    internal static bool Comparable(PathQuantity left, PathQuantity right) => left.Unit == right.Unit || Align(left, right, equivalent: false) is not null;

    /// <summary>The right value in the unit of the left; null where that is not possible without approximating years and months.</summary>
    internal static decimal? InUnitOf(PathQuantity left, PathQuantity right) =>
        left.Unit == right.Unit || CalendarUnits.Of(left.Unit) is { } unit && unit == CalendarUnits.Of(right.Unit) ? right.Value
        : IsYearOrMonth(left) || IsYearOrMonth(right) ? null
        : UnitsOfMeasure.TryConvert(right.Value, UcumOf(right), UcumOf(left), out var converted) ? converted
        : null;

    internal static string UcumOf(PathQuantity quantity) => CalendarUnits.Of(quantity.Unit) is { } unit ? CalendarUnits.Ucum(unit) : quantity.Unit;

    private static (decimal Left, decimal Right)? Align(PathQuantity left, PathQuantity right, bool equivalent)
    {
        // Within the calendar a year has 12 months or 365 days, and a month 30 days.
        if (CalendarUnits.Of(left.Unit) is { } from && CalendarUnits.Of(right.Unit) is { } to)
        {
            return from <= to ? (left.Value, CalendarUnits.Convert(right.Value, to, from)) : (CalendarUnits.Convert(left.Value, from, to), right.Value);
        }

        // A calendar year has no definite length, so that it equals no UCUM duration; it is merely equivalent to one (and so with months).
        if (!equivalent && (IsYearOrMonth(left) || IsYearOrMonth(right)))
        {
            return null;
        }

        var leftUnit = UcumOf(left);
        var rightUnit = UcumOf(right);

        // Compare in the larger unit: converting into the smaller one would feign digits that were not measured.
        return !UnitsOfMeasure.TryConvert(1, leftUnit, rightUnit, out var ratio) ? null
            : ratio >= 1 && UnitsOfMeasure.TryConvert(right.Value, rightUnit, leftUnit, out var toLeft) ? (left.Value, toLeft)
            : UnitsOfMeasure.TryConvert(left.Value, leftUnit, rightUnit, out var toRight) ? (toRight, right.Value)
            : null;
    }

    private static bool IsYearOrMonth(PathQuantity quantity) => CalendarUnits.Of(quantity.Unit) is CalendarUnit.Year or CalendarUnit.Month;
}
