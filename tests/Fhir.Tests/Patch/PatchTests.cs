using System.Text;
using System.Text.Json.Nodes;
using Fhir.Json;
using Fhir.Model;
using Fhir.Patch;
using Shouldly;

namespace Fhir.Tests.Patch;

public class PatchTests
{
    private static readonly Element Patient = FhirJson.Parse(
        """{"resourceType":"Patient","id":"p1","active":true,"name":[{"family":"A","given":["X","Y"],"_given":[null,{"id":"y"}]},{"family":"B"}],"deceasedBoolean":false,"multipleBirthInteger":1}""");

    [Theory]
    [InlineData("""[{"op":"add","path":"/gender","value":"female"}]""", "gender", "\"female\"")]
    [InlineData("""[{"op":"add","path":"/name/-","value":{"family":"C"}}]""", "name/2/family", "\"C\"")]
    [InlineData("""[{"op":"add","path":"/name/0","value":{"family":"C"}}]""", "name/0/family", "\"C\"")]
    [InlineData("""[{"op":"remove","path":"/name/0"}]""", "name/0/family", "\"B\"")]
    [InlineData("""[{"op":"replace","path":"/name/1/family","value":"C"}]""", "name/1/family", "\"C\"")]
    [InlineData("""[{"op":"move","from":"/name/1","path":"/name/0"}]""", "name/0/family", "\"B\"")]
    [InlineData("""[{"op":"copy","from":"/name/0/family","path":"/name/1/text"}]""", "name/1/text", "\"A\"")]
    [InlineData("""[{"op":"test","path":"/multipleBirthInteger","value":1.0},{"op":"replace","path":"/active","value":false}]""", "active", "false")]
    public void JsonPatch_Applies(string patch, string at, string expected)
    {
        var result = JsonPatch.Apply(Patient, Encoding.UTF8.GetBytes(patch));
        result.Outcome.ShouldBe(PatchOutcome.Applied, result.Message);
        At(result.Resource!, at).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{}", PatchOutcome.Malformed)]
    [InlineData("[", PatchOutcome.Malformed)]
    [InlineData("""[{"op":"erase","path":"/active"}]""", PatchOutcome.Malformed)]
    [InlineData("""[{"op":"add","path":"/gender"}]""", PatchOutcome.Malformed)]
    [InlineData("""[{"op":"remove","path":"active"}]""", PatchOutcome.Malformed)]
    [InlineData("""[{"op":"remove","path":"/gender"}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"replace","path":"/name/7","value":{}}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"replace","path":"/name/01","value":{}}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"test","path":"/active","value":false}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"move","from":"/name","path":"/name/0"}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"add","path":"/colour","value":"red"}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"replace","path":"/id","value":"p2"}]""", PatchOutcome.Refused)]
    [InlineData("""[{"op":"remove","path":""}]""", PatchOutcome.Refused)]
    public void JsonPatch_ThatCannotBeApplied_SaysSo(string patch, PatchOutcome expected)
    {
        var result = JsonPatch.Apply(Patient, Encoding.UTF8.GetBytes(patch));
        (result.Outcome, result.Resource, result.Message is null).ShouldBe((expected, null, false));
    }

    [Theory]
    [InlineData("add", "Patient", "gender", """ "valueCode":"female" """, "gender", "\"female\"")]
    [InlineData("add", "Patient", "name", """ "valueHumanName":{"family":"C"} """, "name/2/family", "\"C\"")]
    [InlineData("add", "Patient.name[1]", "given", """ "valueString":"Z" """, "name/1/given/0", "\"Z\"")]
    [InlineData("add", "Patient.name[0]", "given", """ "valueString":"Z" """, "name/0/given/2", "\"Z\"")]
    [InlineData("add", "Patient", "contact", """ "part":[{"name":"name","valueHumanName":{"text":"N"}},{"name":"telecom","valueContactPoint":{"value":"1"}}] """, "contact/0/telecom/0/value", "\"1\"")]
    [InlineData("replace", "Patient.active", null, """ "valueBoolean":false """, "active", "false")]
    [InlineData("replace", "Patient.deceased", null, """ "valueDateTime":"2020" """, "deceasedDateTime", "\"2020\"")]
    [InlineData("replace", "Patient.name.where(family = 'B').family", null, """ "valueString":"C" """, "name/1/family", "\"C\"")]
    [InlineData("replace", "Patient.name[0].given[0]", null, """ "valueString":"Z" """, "name/0/given/0", "\"Z\"")]
    [InlineData("delete", "Patient.name[0]", null, null, "name/0/family", "\"B\"")]
    [InlineData("delete", "Patient.gender", null, null, "active", "true")]
    [InlineData("delete", "Patient.name[0].given[0]", null, null, "name/0/_given/0/id", "\"y\"")]
    [InlineData("insert", "Patient.name", null, """ "valueHumanName":{"family":"C"} """, "name/1/family", "\"C\"", "index", 1)]
    [InlineData("insert", "Patient.name[0].given", null, """ "valueString":"Z" """, "name/0/_given/2/id", "\"y\"", "index", 1)]
    [InlineData("move", "Patient.name", null, null, "name/0/family", "\"B\"", "source", 1, "destination", 0)]
    [InlineData("move", "Patient.name[0].given", null, null, "name/0/_given/0/id", "\"y\"", "source", 1, "destination", 0)]
    public void FhirPathPatch_Applies(string type, string path, string? name, string? value, string at, string expected, string? number = null, int n = 0, string? number2 = null, int n2 = 0)
    {
        var result = FhirPathPatch.Apply(Patient, Operation(type, path, name, value, number, n, number2, n2));
        result.Outcome.ShouldBe(PatchOutcome.Applied, result.Message);
        At(result.Resource!, at).ShouldBe(expected, FhirJson.WriteText(result.Resource!));
    }

    [Theory]
    [InlineData("change", "Patient", null, null, PatchOutcome.Malformed)]
    [InlineData("replace", "Patient.name[", null, """ "valueBoolean":true """, PatchOutcome.Malformed)]
    [InlineData("replace", "Patient.active", null, null, PatchOutcome.Malformed)]
    [InlineData("replace", "Patient.name", null, """ "valueHumanName":{"family":"C"} """, PatchOutcome.Refused)]
    [InlineData("replace", "Patient.gender", null, """ "valueCode":"male" """, PatchOutcome.Refused)]
    [InlineData("replace", "Patient", null, """ "valueCode":"male" """, PatchOutcome.Refused)]
    [InlineData("add", "Patient", "active", """ "valueBoolean":true """, PatchOutcome.Refused)]
    [InlineData("add", "Patient", "colour", """ "valueString":"red" """, PatchOutcome.Refused)]
    [InlineData("replace", "Patient.active", null, """ "valueString":"yes" """, PatchOutcome.Refused)]
    [InlineData("replace", "Patient.deceased", null, """ "valueString":"yes" """, PatchOutcome.Refused)]
    [InlineData("delete", "Patient.name", null, null, PatchOutcome.Refused)]
    [InlineData("insert", "Patient.name.given", null, """ "valueString":"Z" """, PatchOutcome.Refused, "index", 9)]
    [InlineData("replace", "Patient.id", null, """ "valueId":"p2" """, PatchOutcome.Refused)]
    public void FhirPathPatch_ThatCannotBeApplied_SaysSo(string type, string path, string? name, string? value, PatchOutcome expected, string? number = null, int n = 0)
    {
        var result = FhirPathPatch.Apply(Patient, Operation(type, path, name, value, number, n, null, 0));
        (result.Outcome, result.Resource, result.Message is null).ShouldBe((expected, null, false), result.Message);
    }

    private static Element Operation(string type, string path, string? name, string? value, string? number, int n, string? number2, int n2)
    {
        var parts = new JsonArray(Part("type", "valueCode", type), Part("path", "valueString", path));
        if (name is not null)
        {
            parts.Add((JsonNode)Part("name", "valueString", name));
        }

        if (value is not null)
        {
            parts.Add(JsonNode.Parse($$"""{"name":"value",{{value}}}"""));
        }

        foreach (var (what, position) in new[] { (number, n), (number2, n2) })
        {
            if (what is not null)
            {
                parts.Add((JsonNode)Part(what, "valueInteger", position));
            }
        }

        return FhirJson.Parse(new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray(new JsonObject { ["name"] = "operation", ["part"] = parts }),
        });
    }

    private static JsonObject Part(string name, string valueName, JsonNode value) => new() { ["name"] = name, [valueName] = value };

    private static string? At(Element resource, string path)
    {
        var at = JsonNode.Parse(FhirJson.Write(resource));
        foreach (var step in path.Split('/'))
        {
            at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : at![step];
        }

        return at?.ToJsonString();
    }
}
