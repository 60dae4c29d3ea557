using Fhir.Json;
using Shouldly;

namespace Fhir.Tests.Json;

public class ReadFaultTests
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","active":true,"active":true}""", "json-duplicate", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","resourceType":"Patient"}""", "json-duplicate", "Patient.resourceType")]
    [InlineData("""{"resourceType":"Patient","colour":"red"}""", "unknown-property", "Patient.colour")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["A"],"_family":"x"}]}""", "json-type", "Patient.name[0].family")]
    [InlineData("""{"resourceType":"Patient","_name":[{"id":"x"}]}""", "unknown-property", "Patient._name")]
    [InlineData("""{"resourceType":"Patient","name":{"family":"A"}}""", "json-type", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","gender":["male"]}""", "json-type", "Patient.gender")]
    [InlineData("""{"resourceType":"Patient","active":"true"}""", "json-type", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","multipleBirthInteger":"1"}""", "json-type", "Patient.multipleBirth")]
    [InlineData("""{"resourceType":"Patient","multipleBirthInteger":1,"multipleBirthBoolean":true}""", "choice", "Patient.multipleBirth")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2023-02-29"}""", "primitive", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":null}""", "json-null", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":[null]}]}""", "json-null", "Patient.name[0].given")]
    [InlineData("""{"resourceType":"Patient","name":[]}""", "json-empty", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","name":[{}]}""", "json-empty", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","language":""}""", "primitive", "Patient.language")]
    [InlineData("""{"resourceType":"Patient","language":"\ud800"}""", "json-surrogate", "Patient.language")]
    [InlineData("""{"resourceType":"Patient","id":"a b"}""", "primitive", "Patient.id")]
    [InlineData("""{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01T10:00:00"}}""", "primitive", "Patient.meta.lastUpdated")]
    [InlineData("""{"resourceType":"Patience"}""", "resource-type", "$this")]
    [InlineData("""{"active":true}""", "resource-type", "$this")]
    [InlineData("""{"resourceType":"Patient","contained":[{"id":"x"}]}""", "resource-type", "Patient.contained")]
    [InlineData("""[]""", "json-type", "$this")]
    [InlineData("""{"resourceType":"Patient","active":true,}""", "json-syntax", "Patient")]
    [InlineData("""{"resourceType":"Patient"} {}""", "json-syntax", "$this")]
    [InlineData("""{"resourceType":"Patient","active":true""", "json-syntax", "Patient")]
    [InlineData("", "json-syntax", "$this")]
    public void Read_Fault_IsNamedWithItsPlace(string json, string rule, string place)
    {
        var issue = FhirJson.Read(System.Text.Encoding.UTF8.GetBytes(json)).Issues.ShouldHaveSingleItem();
        (issue.Rule, issue.Place).ShouldBe((rule, place));
    }

    [Fact]
    public void Read_Fault_HasLineAndColumn()
    {
        var issue = FhirJson.Read("{\n  \"resourceType\": \"Patient\",\n  \"birthDate\": \"1970-13\"\n}"u8).Issues.ShouldHaveSingleItem();
        (issue.Line, issue.Column).ShouldBe((3, 16));
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(40, true)]
    public void Read_TooDeep_IsRefused(int extensions, bool refused)
    {
        var json = """{"resourceType":"Patient","extension":[""" + string.Concat(Enumerable.Repeat("""{"url":"http://x","extension":[""", extensions))
            + """{"url":"http://x","valueBoolean":true}""" + string.Concat(Enumerable.Repeat("]}", extensions)) + "]}";
        var issues = FhirJson.Read(System.Text.Encoding.UTF8.GetBytes(json)).Issues;
        issues.Any(i => i.Rule == "json-depth").ShouldBe(refused);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefused() =>
        FhirJson.Read([.. "{\"resourceType\":\"Patient\",\"language\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Issues.ShouldHaveSingleItem().Rule.ShouldBe("json-encoding");

    [Theory]
    [InlineData("date", "\"2024\"", true)]
    [InlineData("date", "\"2024-1\"", false)]
    [InlineData("date", "\"0000\"", false)]
    [InlineData("dateTime", "\"2024-02-29T10:00:00Z\"", true)]
    [InlineData("dateTime", "\"2024-02-29T10:00:00\"", false)]
    [InlineData("dateTime", "\"2024-02-29T10:00Z\"", false)]
    [InlineData("dateTime", "\"2024-02-29T24:00:00Z\"", false)]
    [InlineData("instant", "\"2024-02-29T10:00:00.123+14:00\"", true)]
    [InlineData("instant", "\"2024-02-29T10:00:00.+02:00\"", false)]
    [InlineData("instant", "\"2024-02-29\"", false)]
    [InlineData("time", "\"10:00:00\"", true)]
    [InlineData("time", "\"10:00\"", false)]
    [InlineData("oid", "\"urn:oid:1.2.246.21\"", true)]
    [InlineData("oid", "\"1.2.246.21\"", false)]
    [InlineData("oid", "\"urn:oid:1.02\"", false)]
    [InlineData("uuid", "\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\"", true)]
    [InlineData("uuid", "\"urn:uuid:C757873d-ec9a-4326-a141-556f43239520\"", false)]
    [InlineData("code", "\"a b\"", true)]
    [InlineData("code", "\"a  b\"", false)]
    [InlineData("code", "\" a\"", false)]
    [InlineData("uri", "\"urn:x y\"", false)]
    [InlineData("id", "\"a_b\"", false)]
    [InlineData("positiveInt", "0", false)]
    [InlineData("positiveInt", "1", true)]
    [InlineData("unsignedInt", "0", true)]
    [InlineData("unsignedInt", "-1", false)]
    [InlineData("integer", "2147483648", false)]
    [InlineData("integer", "-2147483648", true)]
    [InlineData("integer", "1.0", false)]
    [InlineData("decimal", "1.0e3", true)]
    [InlineData("base64Binary", "\"aGVp\"", true)]
    [InlineData("base64Binary", "\"aGV\"", false)]
    [InlineData("base64Binary", "\"aG=p\"", false)]
    [InlineData("string", "\"\\u0000\"", false)]
    [InlineData("boolean", "true", true)]
    public void ReadValue_Primitive_FollowsItsForm(string type, string json, bool valid) =>
        (FhirJson.ReadValue(System.Text.Encoding.UTF8.GetBytes(json), type).Issues.Count == 0).ShouldBe(valid);
}
