using System.Text.Json.Nodes;
using Fhir.Definitions;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Definitions;

/// <summary>The definitions that come with the program, as resources.</summary>
public sealed class HeldDefinitionsTests
{
    [Theory]
    [InlineData("StructureDefinition", 700)]
    [InlineData("ValueSet", 400)]
    [InlineData("CodeSystem", 340)]
    [InlineData("SearchParameter", 1300)]
    public void EachIsAValidResource_OfItsOwnId(string kind, int atLeast)
    {
        var held = HeldDefinitions.Of(kind);
        held.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        var faults = new List<string>();
        foreach (var (id, definition) in held)
        {
            var json = definition.Json();
            JsonNode.Parse(json)!["id"]!.GetValue<string>().ShouldBe(id);
            var issues = FhirValidator.Default.Validate(json).Where(i => i.Severity == IssueSeverity.Error).ToList();
            faults.AddRange(issues.Take(1).Select(i => $"{id}: {i.Place} {i.Rule} {i.Message}"));
        }

        faults.ShouldBeEmpty();
    }
}
