using System.Runtime.CompilerServices;
using Fhir.Definitions;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>The repository's own examples: good ones are valid, and each bad one breaks the rule in its name and no other.</summary>
public class OwnExamplesTests
{
    public static TheoryData<string> Good => Files("good");

    public static TheoryData<string> Bad => Files("bad");

    [Theory]
    [MemberData(nameof(Good))]
    public void Validate_GoodExample_FindsNoErrorAndNoWarning(string file) =>
        FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(Folder("good"), file)))
            .Where(i => i.Severity != IssueSeverity.Information && i.Rule != "binding-extensible").ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_BadExample_FindsTheRuleInItsNameAndNoOther(string file)
    {
        var issues = FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(Folder("bad"), file)));
        issues.Where(i => i.Severity == IssueSeverity.Error).Select(i => i.Rule).Distinct().ShouldBe([file.Split('.')[1]], string.Join("\n", issues));
        issues.Where(i => i.Severity == IssueSeverity.Error).ShouldAllBe(i => i.Line > 0 && i.Place.Length > 0 && i.Message.Length > 10);
    }

    [Fact]
    public void EveryProfile_HasAGoodExampleAndABadOne()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "StructureDefinition"), "*.json"))
        {
            var profile = Path.GetFileNameWithoutExtension(file);
            var structure = StructureDefinition.Read(File.ReadAllBytes(file));
            structure.Url.ShouldBe("https://carerecords.example/fhir/StructureDefinition/" + profile);
            Directory.EnumerateFiles(Folder("good"), profile + "*.json").ShouldNotBeEmpty(profile);
            Directory.EnumerateFiles(Folder("bad"), profile + ".*.json").ShouldNotBeEmpty(profile);
            foreach (var key in structure.Elements.SelectMany(e => e.Constraints).Select(c => c.Key))
            {
                Directory.EnumerateFiles(Folder("bad"), $"{profile}.{key}*.json").ShouldNotBeEmpty($"no example breaks {key}");
            }
        }
    }

    private static TheoryData<string> Files(string kind) => [.. Directory.EnumerateFiles(Folder(kind), "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder(string kind) => Path.Combine(Root(), "examples", kind);

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../fhir-profiles"));
}
