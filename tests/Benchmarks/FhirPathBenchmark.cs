using System.Diagnostics;
using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.Json;
using Fhir.Model;

namespace Benchmarks;

/// <summary>The invariants of R4, compiled, on every element of our good examples.</summary>
internal sealed class FhirPathBenchmark : IBenchmark
{
    // What looks at a whole tree, at text by rules of its own, or outside the element is not simple.
    private static readonly string[] _costly = ["descendants", "matches", "htmlChecks", "resolve", "memberOf", "conformsTo", "%resource", "repeat"];

    public string Name => "fhirpath";

    public string Help => "Evaluations a second, one thread, of the R4 types' own simple invariants (none that walks whole trees, matches regular expressions, checks "
        + "narrative or resolves) on every element of our good examples; the floor is a million. Then all of them, without a limit of the specification.";

    public IEnumerable<Figure> Run(bool quick)
    {
        var all = Pairs().ToArray();
        var simple = all.Where(p => !_costly.Any(c => p.Expression.Text.Contains(c, StringComparison.Ordinal))).ToArray();
        yield return new Figure("fhirpath-simple-invariants", PerSecond(simple, quick), "1/s", 1_000_000, "1/s", AtLeast: true);
        Console.Error.WriteLine($"  {simple.Length} evaluations of {simple.Select(p => p.Expression).Distinct().Count()} simple invariants a round; all {all.Length} evaluations: {PerSecond(all, quick):0} 1/s");
    }

    private static double PerSecond((FhirPathExpression Expression, Element Element, FhirPathEnvironment Environment)[] pairs, bool quick)
    {
        if (pairs.FirstOrDefault(p => !p.Expression.Holds(p.Element, p.Environment)) is { Expression: { } broken })
        {
            throw new InvalidOperationException($"An example breaks {broken.Text}, so the time means nothing.");
        }

        return pairs.Length * 1e6 / Timing.Microseconds(
            () =>
            {
                foreach (var (expression, element, environment) in pairs)
                {
                    expression.Holds(element, environment);
                }
            },
            quick);
    }

    private static IEnumerable<(FhirPathExpression Expression, Element Element, FhirPathEnvironment Environment)> Pairs()
    {
        foreach (var file in Directory.EnumerateFiles(ValidationBenchmark.Examples(), "*.json").Order(StringComparer.Ordinal))
        {
            var root = FhirJson.Read(File.ReadAllBytes(file)).Root ?? throw new UnreachableException();
            var environment = new FhirPathEnvironment { Resource = root, RootResource = root };
            foreach (var element in Under(root))
            {
                foreach (var constraint in FhirTypes.Find(element.TypeName)?.RootFacts.Constraints.Where(c => c.IsError && c.Expression.Length > 0) ?? [])
                {
                    yield return (FhirPathExpression.Cached(constraint.Expression, null, FhirPathRules.Definitions), element, environment);
                }
            }
        }
    }

    private static IEnumerable<Element> Under(Element element) => element.Children.SelectMany(Under).Prepend(element);
}
