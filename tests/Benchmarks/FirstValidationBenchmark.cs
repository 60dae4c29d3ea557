using System.Diagnostics;
using Fhir.Validation;

namespace Benchmarks;

/// <summary>A process of its own that starts, validates one Observation and ends: the time from its start to the answer, and what it keeps in memory when all of R4 and the Finnish base are in use.</summary>
internal sealed class FirstValidationBenchmark : IBenchmark
{
    private const string Child = "--first-validation";

    public string Name => "first-validation";

    public string Help => "A new process until its first validation is done (median), and what all definitions keep in memory; each against the ceiling of the specification.";

    public IEnumerable<Figure> Run(bool quick)
    {
        var times = Enumerable.Range(0, quick ? 5 : 15).Select(_ => Start("time")).Order().ToArray();
        yield return new Figure("first-validation", times[times.Length / 2], "ms", 150, "ms");
        yield return new Figure("definitions-in-memory", Start("memory"), "MB", 60, "MB");
    }

    /// <summary>The child's part; true where this process is the child.</summary>
    public static bool RunAsChild(string[] args)
    {
        if (args is not [Child, var what])
        {
            return false;
        }

        if (what == "memory")
        {
            Console.WriteLine(Definitions());
            return true;
        }

        var bytes = File.ReadAllBytes(Path.Combine(ValidationBenchmark.Examples(), "measurement.json"));
        var issues = FhirValidator.Default.Validate(bytes);
        var elapsed = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Console.WriteLine(issues.Any(i => i.Severity == IssueSeverity.Error) ? -1 : (long)elapsed.TotalMilliseconds);
        return true;
    }

    private static long Definitions()
    {
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var file in Directory.EnumerateFiles(ValidationBenchmark.Examples(), "*.json"))
        {
            _ = FhirValidator.Default.Validate(File.ReadAllBytes(file)).Count;
        }

        foreach (var name in Fhir.Definitions.FhirTypes.ResourceNames)
        {
            _ = FhirValidator.Default.Library.FindStructure("http://hl7.org/fhir/StructureDefinition/" + name);
            _ = Fhir.Definitions.FhirTypes.Get(name).Properties.Count;
        }

        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (1024 * 1024);
    }

    private static double Start(string what)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(FirstValidationBenchmark).Assembly.Location);
        }

        start.ArgumentList.Add(Child);
        start.ArgumentList.Add(what);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(answer, System.Globalization.CultureInfo.InvariantCulture);
    }
}
