using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Tests.FhirPath;

/// <summary>Evaluates an expression and compares what it gives with a short notation: items separated by " ; ", nothing as "", errors as "!syntax", "!semantic", "!execution".</summary>
internal static class Expect
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

    internal static FhirPathEnvironment Environment { get; } = new() { Clock = new StoppedClock(Noon) };

    internal static Element Patient { get; } = FhirJson.Parse(Samples.Patient);

    internal static Element Observation { get; } = FhirJson.Parse(Samples.Observation);

    internal static void Gives(string expression, string expected, Element? resource = null, FhirPathEnvironment? environment = null) =>
        Assert.Equal($"{expression}  →  {expected}", $"{expression}  →  {Outcome(expression, resource, environment)}");

    internal static string Outcome(string expression, Element? resource, FhirPathEnvironment? environment = null)
    {
        try
        {
            var result = FhirPathExpression.Compile(expression, resource?.TypeName).Evaluate(resource, environment ?? Environment);
            return string.Join(" ; ", result.Select(Show));
        }
        catch (FhirPathException error)
        {
            return "!" + error.Kind.ToString().ToLowerInvariant();
        }
    }

    private static string Show(PathValue item) => item.IsElement ? item.AsElement.Text ?? item.AsElement.Place : item.ToString();

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("test", now.Offset, "test", "test");

        public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
    }
}
