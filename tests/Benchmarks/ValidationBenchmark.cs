using System.Runtime.CompilerServices;
using Fhir.Json;
using Fhir.Validation;

namespace Benchmarks;

/// <summary>Validation against our profiles, all invariants on, from bytes to issues.</summary>
internal sealed class ValidationBenchmark : IBenchmark
{
    public string Name => "validation";

    public string Help => "Microseconds from bytes to issues for our own example resources, all invariants on, warm, one thread.";

    public IEnumerable<Figure> Run(bool quick)
    {
        (string Example, double Limit)[] examples = [("measurement", 50), ("visit", 50), ("treatment-note", 200)];
        var bytes = examples.ToDictionary(e => e.Example, e => File.ReadAllBytes(Path.Combine(Examples(), e.Example + ".json")));
        foreach (var (example, json) in bytes)
        {
            if (FhirValidator.Default.Validate(json).Any(i => i.Severity == IssueSeverity.Error))
            {
                throw new InvalidOperationException($"The example {example} is not valid, so its time means nothing.");
            }
        }

        // Warm is what the runtime has compiled for good: what the first example is measured in would otherwise be compiled while it is measured.
        _ = Timing.Microseconds(() => bytes.Values.ToList().ForEach(b => FhirValidator.Default.Validate(b)), quick);
        foreach (var (example, limit) in examples)
        {
            yield return new Figure($"validation-{example}", Timing.Microseconds(() => FhirValidator.Default.Validate(bytes[example]), quick), "µs", limit, "µs");
        }

        yield return new Figure("read-treatment-note", Timing.Microseconds(() => FhirJson.Read(bytes["treatment-note"]), quick), "µs", 50, "µs");
    }

    internal static string Examples([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../fhir-profiles/examples/good"));
}
