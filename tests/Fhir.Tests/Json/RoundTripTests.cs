using System.Text.Json.Nodes;
using Fhir.Definitions;
using Fhir.Json;
using Shouldly;

namespace Fhir.Tests.Json;

public class RoundTripTests
{
    [Fact]
    public void ReadAndWrite_EveryExample_GivesEqualJson()
    {
        var seen = 0;
        List<string> surprises = [];
        foreach (var file in SharedData.ResourceFiles("hl7-r4-samples", "fi/examples", "fi/cases", "fi/representation-examples", "balp", "synthea-r4"))
        {
            var bytes = File.ReadAllBytes(file);
            if (SharedData.ResourceType(bytes) is not { } type || FhirTypes.WithoutDefinition.Contains(type) || Path.GetFileName(file).Contains("index", StringComparison.Ordinal))
            {
                continue;
            }

            var result = FhirJson.Read(bytes);
            if (result.Issues.Count > 0)
            {
                if (!ExpectedFaults.ContainsKey(Path.GetFileName(file)))
                {
                    surprises.Add($"{file}: {result.Issues[0]}");
                }

                continue;
            }

            seen++;
            JsonNode.DeepEquals(JsonNode.Parse(FhirJson.Write(result.Root!)), JsonNode.Parse(bytes.AsSpan(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0))).ShouldBeTrue(file);
        }

        surprises.ShouldBeEmpty();
        seen.ShouldBeGreaterThan(500);
    }

    // Files of the material that are not well-formed FHIR JSON, and why.
    private static readonly Dictionary<string, string> ExpectedFaults = new()
    {
        ["Observation-example-Bloodpressure-max.json"] = "an empty note",
        ["Observation-example-duplicate-7.json"] = "a quantity in quotes",
        ["090-Slot-invalid.json"] = "an instant without zone, on purpose",
        ["medicationrequestesim1.json"] = "a positiveInt in quotes",
        ["medicationrequestesim2.json"] = "a positiveInt in quotes",
        ["medicationrequestesim3.json"] = "a positiveInt in quotes",
        ["medicationrequestesim4.json"] = "a positiveInt in quotes",
        ["medicationrequestesim5.json"] = "a positiveInt in quotes",
        ["medicationrequestesim6.json"] = "a positiveInt in quotes",
        ["medicationrequestesim7A.json"] = "a positiveInt in quotes",
        ["medicationrequestesim7B.json"] = "a positiveInt in quotes",
        ["medicationrequestesim8.json"] = "a positiveInt in quotes",
        ["medicationrequestesim9.json"] = "a positiveInt in quotes",
    };

    [Theory]
    [InlineData("""{"resourceType":"Patient","birthDate":"1970-03-30","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1970-03-30T14:35:45-05:00"}]}}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"x"},{"extension":[{"url":"http://x","valueBoolean":true}]}]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"_given":[null,{"id":"x"}],"given":["A",null]}]}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":-1.0E+22}}""")]
    [InlineData("""{"id":"last","resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a"},{"id":"b","resourceType":"Organization"}]}""")]
    public void ReadAndWrite_OwnCase_GivesEqualJson(string json)
    {
        var root = FhirJson.Parse(json);
        JsonNode.DeepEquals(JsonNode.Parse(FhirJson.Write(root)), JsonNode.Parse(json)).ShouldBeTrue(FhirJson.WriteText(root));
    }

    [Fact]
    public void Write_Decimal_KeepsEveryDigit() =>
        FhirJson.WriteText(FhirJson.Parse("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.010}}""")).ShouldContain("\"value\":0.010");
}
