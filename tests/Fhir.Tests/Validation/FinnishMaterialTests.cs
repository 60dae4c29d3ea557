using System.Text.Json;
using Fhir.Json;
using Fhir.Model;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>The Finnish cases and examples of the test material come out as their indexes say.</summary>
public class FinnishMaterialTests
{
    [Fact]
    public void EveryCase_ComesOutAsItsIndexSays()
    {
        var folder = SharedData.Require("fi/cases");
        List<string> wrong = [];
        foreach (var entry in Index(Path.Combine(folder, "index.json")))
        {
            var file = entry.GetProperty("file").GetString()!;
            var issues = FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(folder, file)), entry.GetProperty("profile").GetString(), new ValidationOptions { Resolve = Resolve });
            if (issues.Any(i => i.Severity == IssueSeverity.Error) != (entry.GetProperty("expect").GetString() == "invalid"))
            {
                wrong.Add($"{file} should be {entry.GetProperty("expect")}: {entry.GetProperty("why")}: {string.Join(" | ", issues)}");
            }
        }

        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    [Fact]
    public void EveryExample_ComesOutAsItsIndexSays()
    {
        var root = SharedData.Require("fi");
        List<string> wrong = [];
        foreach (var entry in Index(Path.Combine(root, "example-index.json")))
        {
            var file = entry.GetProperty("file").GetString()!;
            var verdict = entry.GetProperty("adjudicated").GetString();
            var options = new ValidationOptions { Resolve = Resolve, Profiles = [.. entry.GetProperty("profiles").EnumerateArray().Select(p => p.GetString()!).Where(p => !p.Contains("/finnish-smart/", StringComparison.Ordinal))] };
            var issues = FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(root, "examples", file)), null, options);
            var valid = issues.All(i => i.Severity != IssueSeverity.Error);
            if (verdict == "imposeProfile")
            {
                FhirValidator.Default.Validate(File.ReadAllBytes(Path.Combine(root, "examples", file)), null, options with { Impose = false })
                    .ShouldNotContain(i => i.Severity == IssueSeverity.Error, file);
            }

            var expected = verdict switch { "valid" => true, "invalid" or "imposeProfile" => false, _ => valid };
            if (valid != expected && !Disputed.ContainsKey(file))
            {
                wrong.Add($"{file} should be {verdict} ({entry.GetProperty("why")}): {string.Join(" | ", issues.Where(i => i.Severity == IssueSeverity.Error))}");
            }
        }

        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    // Where the index is not followed, and the clause that decides.
    private static readonly Dictionary<string, string> Disputed = new()
    {
        ["base/examples/Observation-example-duplicate-7.json"] = "the quantity's value is in quotes; a decimal is a JSON number (https://hl7.org/fhir/R4/json.html#primitive)",
        ["base/examples/VIRHE2_KELABASELISAYKSET-Provenance-custodian-public-healthcare.json"] =
            "the imposed profile's value set kanta-provenance-agent-role holds every role system that the file uses, so it satisfies the imposed profile too",
    };

    private static readonly Lazy<Dictionary<string, Element>> ByReference = new(() =>
    {
        var known = new Dictionary<string, Element>(StringComparer.Ordinal);
        foreach (var file in SharedData.ResourceFiles("fi/examples"))
        {
            if (FhirJson.Read(File.ReadAllBytes(file)).Root is { } resource && resource.Child("id")?.Text is { } id)
            {
                known.TryAdd($"{resource.TypeName}/{id}", resource);
            }
        }

        return known;
    });

    private static Element? Resolve(string reference) => ByReference.Value.GetValueOrDefault(reference);

    private static JsonElement.ArrayEnumerator Index(string file) => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.EnumerateArray();
}
