using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>Every rule that the library reports stands in docs/conformance.md, and is broken by an example of the repository or by a case of these tests.</summary>
public partial class RuleCoverageTests
{
    [Fact]
    public void EveryRule_IsDocumentedAndBrokenByAnExampleOrACase()
    {
        var root = Root();
        var rules = Directory.EnumerateFiles(Path.Combine(root, "src/Fhir"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).SelectMany(f => RuleKey().Matches(File.ReadAllText(f))).Select(m => m.Groups["key"].Value).Distinct().Order(StringComparer.Ordinal).ToArray();
        rules.Length.ShouldBeGreaterThan(45);
        var documented = File.ReadAllText(Path.Combine(root, "docs/conformance.md"));
        rules.Where(r => !Regex.IsMatch(documented, $@"(?<![a-z-]){r}(?![a-z-])")).ShouldBeEmpty("not in docs/conformance.md");
        var broken = Directory.EnumerateFiles(Path.Combine(root, "fhir-profiles/examples/bad")).Select(f => Path.GetFileName(f).Split('.')[1])
            .ToHashSet();
        var cases = string.Concat(Directory.EnumerateFiles(Path.Combine(root, "tests/Fhir.Tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        rules.Where(r => !broken.Contains(r) && !cases.Contains($"\"{r}\"", StringComparison.Ordinal)).ShouldBeEmpty("no example and no case breaks it");
    }

    [GeneratedRegex("""(?:Error|Report|Add)\((?:IssueSeverity\.\w+, |[^"\n]*\? IssueSeverity[^"\n]*, )?"(?<key>[a-z]+(?:-[a-z0-9]+)*)", (?:at|element|extension|urlElement|parent|child|value|resource|reference|fullUrl|contained|_current|null|first|host)""")]
    private static partial Regex RuleKey();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
