using System.Diagnostics;
using Fhir.Validation;

namespace Benchmarks;

/// <summary>
/// A process of its own that starts, validates one resource and ends: the time from its start to the answer, and its memory when all of R4 and the Finnish base are in use.
/// </summary>
internal sealed class FirstValidationBenchmark : IBenchmark
{
    private const string Child = "--first-validation";

    public string Name => "first-validation";

    public string Help => "A new process until its first validation is done (median), of an Observation and of a note; its resident memory above that of a process that does nothing, once all "
        + "definitions of R4 and of the Finnish base were used and all good examples validated; and what of it is on the managed heap.";

    public IEnumerable<Figure> Run(bool quick)
    {
        foreach (var (name, example) in ((string, string)[])[("first-validation", "measurement"), ("first-validation-of-note", "treatment-note")])
        {
            var times = Enumerable.Range(0, quick ? 7 : 21).Select(_ => Start(example)[0]).Order().ToArray();
            yield return new Figure(name, times[times.Length / 2], "ms", 150, "ms");
        }

        var (bare, full) = (Start("nothing"), Start("everything"));
        Console.Error.WriteLine($"  resident: {bare[0]:0.0} MB bare, {full[0]:0.0} MB with all definitions; managed heap: {bare[1]:0.0} and {full[1]:0.0} MB");
        yield return new Figure("memory-above-bare-runtime", full[0] - bare[0], "MB", 60, "MB");
        yield return new Figure("definitions-on-heap", full[1] - bare[1], "MB", 60, "MB");
    }

    /// <summary>The child's part; true where this process is the child.</summary>
    public static bool RunAsChild(string[] args)
    {
        if (args is not [Child, var what])
        {
            return false;
        }

        if (what is "nothing" or "everything")
        {
            if (what == "everything")
            {
                UseAll();
            }

            var heap = GC.GetTotalMemory(forceFullCollection: true);
            Console.WriteLine(FormattableString.Invariant($"{Environment.WorkingSet / 1048576.0} {heap / 1048576.0}"));
            return true;
        }

        var issues = FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(ValidationBenchmark.Examples(), what + ".json")));
        var elapsed = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Console.WriteLine(issues.Any(i => i.Severity == IssueSeverity.Error) ? -1 : (long)elapsed.TotalMilliseconds);
        return true;
    }

    private static void UseAll()
    {
        foreach (var file in Directory.EnumerateFiles(ValidationBenchmark.Examples(), "*.json"))
        {
            _ = FhirValidator.Default.Validate(File.ReadAllBytes(file)).Count;
        }

        foreach (var name in Fhir.Definitions.FhirTypes.ResourceNames)
        {
            _ = FhirValidator.Default.Library.FindStructure("http://hl7.org/fhir/StructureDefinition/" + name);
            _ = Fhir.Definitions.FhirTypes.Get(name).Properties.Count;
        }
    }

    private static double[] Start(string what)
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
        return [.. answer.Split(' ').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
    }
}
