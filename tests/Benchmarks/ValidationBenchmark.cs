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
        foreach (var (example, limit) in new[] { ("measurement", 50.0), ("visit", 50.0), ("treatment-note", 200.0) })
        {
            var bytes = File.ReadAllBytes(Path.Combine(Examples(), example + ".json"));
            if (FhirValidator.Default.Validate(bytes).Any(i => i.Severity == IssueSeverity.Error))
            {
                throw new InvalidOperationException($"The example {example} is not valid, so its time means nothing.");
            }

            yield return new Figure($"validation-{example}", Timing.Microseconds(() => FhirValidator.Default.Validate(bytes), quick), "µs", limit, "µs");
        }

        var note = File.ReadAllBytes(Path.Combine(Examples(), "treatment-note.json"));
        yield return new Figure("read-treatment-note", Timing.Microseconds(() => FhirJson.Read(note), quick), "µs", 50, "µs");
    }

    internal static string Examples([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../fhir-profiles/examples/good"));
}
