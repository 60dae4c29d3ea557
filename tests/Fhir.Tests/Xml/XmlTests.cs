using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Xml;
using Shouldly;

namespace Fhir.Tests.Xml;

public class XmlTests
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"p1","meta":{"profile":["https://example.org/p"]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Ä &amp; &lt;b&gt;</p></div>"},"active":true,"name":[{"id":"n","family":"A","given":["X","Y"],"_given":[null,{"id":"y","extension":[{"url":"https://example.org/e","valueBoolean":true}]}]}]}""")]
    [InlineData("""{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"p"}],"status":"final","code":{"text":"x\ty\nz"},"subject":{"reference":"#p"},"valueQuantity":{"value":1.50}}""")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","birthDate":"1990"}},{"resource":{"resourceType":"Binary","contentType":"text/plain","data":"aGVp"}}]}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990","active":false,"id":"out-of-order"}""")]
    public void WriteAndRead_GivesEqualJson(string json) => ShouldSurvive(Encoding.UTF8.GetBytes(json), "own");

    [Fact]
    public void WriteAndRead_EveryExample_GivesEqualJson()
    {
        var count = 0;
        foreach (var file in SharedData.ResourceFiles("hl7-r4-samples", "fi/examples", "fi/cases", "balp"))
        {
            var bytes = File.ReadAllBytes(file);
            if (SharedData.ResourceType(bytes) is { } type && !FhirTypes.WithoutDefinition.Contains(type) && FhirJson.Read(bytes) is { Root: not null, Issues.Count: 0 } && Writable(bytes))
            {
                ShouldSurvive(bytes, file);
                count++;
            }
        }

        count.ShouldBeGreaterThan(400);
    }

    [Theory]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><active value='true'/><id value='x'/></Patient>", "xml-order", "Patient.id")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><active value='true'/><active value='true'/></Patient>", "xml-duplicate", "Patient.active")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><colour value='red'/></Patient>", "unknown-property", "Patient.colour")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><active value='true' other='x'/></Patient>", "unknown-property", "Patient.active.other")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><active value='yes'/></Patient>", "primitive", "Patient.active")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><active>true</active></Patient>", "xml-text", "Patient.active", "xml-empty")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><name/></Patient>", "xml-empty", "Patient.name[0]")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><contained/></Patient>", "xml-empty", "Patient.contained")]
    [InlineData("<Patient xmlns='urn:other'/>", "resource-type", "$this")]
    [InlineData("<Patience xmlns='http://hl7.org/fhir'/>", "resource-type", "$this")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'>", "xml-syntax", "Patient")]
    [InlineData("<!DOCTYPE Patient [<!ENTITY a 'b'>]><Patient xmlns='http://hl7.org/fhir'/>", "xml-syntax", "$this")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'><deceasedBoolean value='true'/><deceasedDateTime value='2020'/></Patient>", "choice", "Patient.deceased")]
    [InlineData("", "xml-syntax", "$this")]
    public void Read_Fault_IsNamedWithItsPlace(string xml, string rule, string place, string? further = null)
    {
        var issues = FhirXml.Read(Encoding.UTF8.GetBytes(xml)).Issues;
        (issues[0].Rule, issues[0].Place).ShouldBe((rule, place), string.Join("\n", issues));
        issues.Count.ShouldBe(further is null ? 1 : 2);
    }

    [Fact]
    public void Read_TooDeep_IsRefused()
    {
        var xml = "<Patient xmlns='http://hl7.org/fhir'>" + string.Concat(Enumerable.Repeat("<extension url='http://x'>", 80)) + string.Concat(Enumerable.Repeat("</extension>", 80)) + "</Patient>";
        FhirXml.Read(Encoding.UTF8.GetBytes(xml)).Issues.ShouldContain(i => i.Rule == "xml-depth");
    }

    private static bool Writable(byte[] bytes)
    {
        try
        {
            return FhirXml.Write(FhirJson.Read(bytes).Root!).Length > 0;
        }
        catch (FormatException e)
        {
            // A narrative that is no XHTML cannot stand in XML; nothing else may be the reason.
            e.Message.ShouldContain("XHTML");
            return false;
        }
    }

    private static void ShouldSurvive(byte[] json, string file)
    {
        var xml = FhirXml.Write(FhirJson.Read(json).Root!);
        var again = FhirXml.Read(xml);
        again.Issues.ShouldBeEmpty(file);
        var expected = JsonNode.Parse(FhirJson.Write(FhirJson.Read(json).Root!))!;
        var actual = JsonNode.Parse(FhirJson.Write(again.Root!))!;
        Canonical(expected);
        Canonical(actual);
        JsonNode.DeepEquals(actual, expected).ShouldBeTrue(file + " " + actual.ToJsonString()[..Math.Min(900, actual.ToJsonString().Length)] + " expected " + expected.ToJsonString()[..Math.Min(900, expected.ToJsonString().Length)]);
    }

    // XHTML may be written in several ways that mean the same; everything else must be equal to the letter.
    private static void Canonical(JsonNode node)
    {
        if (node is JsonObject owner)
        {
            if (owner["div"] is JsonValue div)
            {
                var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
                using var reader = XmlReader.Create(new StringReader(div.GetValue<string>()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
                document.Load(reader);
                owner["div"] = document.OuterXml.Replace(" />", "/>", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal);
            }

            foreach (var value in owner.ToArray())
            {
                if (value.Value is not null)
                {
                    Canonical(value.Value);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var value in list)
            {
                if (value is not null)
                {
                    Canonical(value);
                }
            }
        }
    }
}
