using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>now, today, timeOfDay (N1 §5.9.2), and the parts of dates and times (FHIRPath 3 STU).</summary>
internal static class DateFunctions
{
    internal static void Now(Evaluation e, int start, CallNode call) => CollectionFunctions.Replace(e, start, PathValue.From(Temporal.Now(e.Now)));

    internal static void Today(Evaluation e, int start, CallNode call) => CollectionFunctions.Replace(e, start, PathValue.From(Temporal.Today(e.Now)));

    internal static void TimeOfDay(Evaluation e, int start, CallNode call) => CollectionFunctions.Replace(e, start, PathValue.From(Temporal.TimeOfDay(e.Now)));

    internal static ScalarFunction Part(TemporalPrecision part) => (Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
    {
        if (!input.IsTemporal || input.AsTemporal.Precision < part || (input.Kind == PathKind.Time && part < TemporalPrecision.Hour))
        {
            return default;
        }

        var local = input.AsTemporal.Local;
        return PathValue.From(part switch
        {
            TemporalPrecision.Year => local.Year,
            TemporalPrecision.Month => local.Month,
            TemporalPrecision.Day => local.Day,
            TemporalPrecision.Hour => local.Hour,
            TemporalPrecision.Minute => local.Minute,
            _ => local.Second,
        });
    };

    internal static PathValue Millisecond(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        input.IsTemporal && input.AsTemporal is { Precision: TemporalPrecision.Second, FractionDigits: > 0 } time ? PathValue.From(time.Local.Millisecond) : default;

    internal static PathValue Offset(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        input.Kind == PathKind.DateTime && input.AsTemporal.OffsetMinutes is { } minutes ? PathValue.From((minutes / 60m) + 0.0m) : default;

    internal static PathValue DateOf(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        input.Kind is PathKind.Date or PathKind.DateTime ? PathValue.From(input.AsTemporal.As(PathKind.Date)) : default;

    internal static PathValue TimeOf(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        input.Kind == PathKind.DateTime && input.AsTemporal is { HasTime: true } value
            ? PathValue.From(new Temporal(PathKind.Time, DateTime.MinValue + value.Local.TimeOfDay, value.Precision, value.FractionDigits))
            : default;
}
