using System.Text;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>Slicing in every form, on profiles made for the purpose and given as differentials, so that snapshots are made too.</summary>
public class SlicingTests
{
    private const string Url = "https://example.org/StructureDefinition/";

    private static readonly string[] Profiles =
    [
        Patient("closed", """{"path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"closed","ordered":true}}""",
            """{"id":"Patient.telecom:phone","path":"Patient.telecom","sliceName":"phone","min":1,"max":"1"}""",
            """{"id":"Patient.telecom:phone.system","path":"Patient.telecom.system","min":1,"fixedCode":"phone"}""",
            """{"id":"Patient.telecom:mail","path":"Patient.telecom","sliceName":"mail","max":"1"}""",
            """{"id":"Patient.telecom:mail.system","path":"Patient.telecom.system","min":1,"fixedCode":"email"}"""),
        Patient("at-end", """{"path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"openAtEnd"}}""",
            """{"id":"Patient.telecom:phone","path":"Patient.telecom","sliceName":"phone"}""",
            """{"id":"Patient.telecom:phone.system","path":"Patient.telecom.system","min":1,"fixedCode":"phone"}"""),
        Patient("resliced", """{"path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}}""",
            """{"id":"Patient.telecom:phone","path":"Patient.telecom","sliceName":"phone","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}}""",
            """{"id":"Patient.telecom:phone.system","path":"Patient.telecom.system","min":1,"fixedCode":"phone"}""",
            """{"id":"Patient.telecom:phone/home","path":"Patient.telecom","sliceName":"phone/home","max":"1"}""",
            """{"id":"Patient.telecom:phone/home.use","path":"Patient.telecom.use","min":1,"fixedCode":"home"}""",
            """{"id":"Patient.telecom:phone/home.value","path":"Patient.telecom.value","min":1}"""),
        Patient("exists", """{"path":"Patient.name","slicing":{"discriminator":[{"type":"exists","path":"period"}],"rules":"open"}}""",
            """{"id":"Patient.name:dated","path":"Patient.name","sliceName":"dated","max":"1"}""",
            """{"id":"Patient.name:dated.period","path":"Patient.name.period","min":1}""",
            """{"id":"Patient.name:undated","path":"Patient.name","sliceName":"undated"}""",
            """{"id":"Patient.name:undated.family","path":"Patient.name.family","min":1}""",
            """{"id":"Patient.name:undated.period","path":"Patient.name.period","max":"0"}"""),
        Patient("position", """{"path":"Patient.name","slicing":{"discriminator":[{"type":"position","path":"$this"}],"rules":"open"}}""",
            """{"id":"Patient.name:first","path":"Patient.name","sliceName":"first","min":1}""",
            """{"id":"Patient.name:first.family","path":"Patient.name.family","min":1}"""),
        Patient("by-type", """{"path":"Patient.multipleBirth[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"open"}}""",
            """{"id":"Patient.multipleBirthInteger","path":"Patient.multipleBirthInteger","maxValueInteger":3,"minValueInteger":1}"""),
        Patient("by-profile", """{"path":"Patient.contained","slicing":{"discriminator":[{"type":"profile","path":"$this"}],"rules":"open"}}""",
            $$"""{"id":"Patient.contained:named","path":"Patient.contained","sliceName":"named","min":1,"type":[{"code":"Patient","profile":["{{Url}}position"]}]}"""),
        Patient("by-resolve", """{"path":"Patient.generalPractitioner","slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"open"}}""",
            """{"id":"Patient.generalPractitioner:person","path":"Patient.generalPractitioner","sliceName":"person","min":1,"type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]}"""),
        Patient("aggregated", """{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"aggregation":["contained"]}]}""",
            """{"path":"Patient.birthDate","maxLength":4}"""),
        Patient("imposing", """{"path":"Patient.active","min":1}""").Replace("\"type\":\"Patient\"", $$"""
            "type":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile","valueCanonical":"{{Url}}position"}]
            """, StringComparison.Ordinal),
    ];

    private static readonly FhirValidator Validator = new(DefinitionLibrary.With(Profiles.Select(p => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(p)))));

    [Theory]
    [InlineData("closed", """ "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a"}] """, "")]
    [InlineData("closed", """ "telecom":[{"system":"email","value":"a"},{"system":"phone","value":"1"}] """, "slicing-order")]
    [InlineData("closed", """ "telecom":[{"system":"phone","value":"1"},{"system":"fax","value":"a"}] """, "slicing-closed")]
    [InlineData("closed", """ "telecom":[{"system":"email","value":"a"}] """, "cardinality")]
    [InlineData("closed", """ "active":true """, "cardinality")]
    [InlineData("at-end", """ "telecom":[{"system":"phone","value":"1"},{"system":"fax","value":"a"}] """, "")]
    [InlineData("at-end", """ "telecom":[{"system":"fax","value":"a"},{"system":"phone","value":"1"}] """, "slicing-order")]
    [InlineData("resliced", """ "telecom":[{"system":"phone","use":"home","value":"1"},{"system":"phone","use":"work"}] """, "")]
    [InlineData("resliced", """ "telecom":[{"system":"phone","use":"home"}] """, "cardinality")]
    [InlineData("resliced", """ "telecom":[{"system":"phone","use":"home","value":"1"},{"system":"phone","use":"home","value":"2"}] """, "cardinality")]
    [InlineData("resliced", """ "telecom":[{"system":"email","use":"home","value":"1"},{"system":"email","use":"home","value":"2"}] """, "")]
    [InlineData("exists", """ "name":[{"family":"A"},{"text":"B","period":{"start":"2020"}}] """, "")]
    [InlineData("exists", """ "name":[{"text":"A"}] """, "cardinality")]
    [InlineData("exists", """ "name":[{"text":"A","period":{"start":"2020"}},{"text":"B","period":{"start":"2020"}}] """, "cardinality")]
    [InlineData("position", """ "name":[{"family":"A"},{"text":"B"}] """, "")]
    [InlineData("position", """ "name":[{"text":"B"},{"family":"A"}] """, "cardinality")]
    [InlineData("by-type", """ "multipleBirthInteger":3 """, "")]
    [InlineData("by-type", """ "multipleBirthInteger":4 """, "max-value")]
    [InlineData("by-type", """ "multipleBirthInteger":0 """, "min-value")]
    [InlineData("by-type", """ "multipleBirthBoolean":true """, "")]
    [InlineData("by-profile", """ "contained":[{"resourceType":"Patient","id":"x","name":[{"family":"A"}]}],"link":[{"other":{"reference":"#x"},"type":"seealso"}] """, "")]
    [InlineData("by-profile", """ "contained":[{"resourceType":"Patient","id":"x"}],"link":[{"other":{"reference":"#x"},"type":"seealso"}] """, "cardinality")]
    [InlineData("by-resolve", """ "contained":[{"resourceType":"Practitioner","id":"x"}],"generalPractitioner":[{"reference":"#x"}] """, "")]
    [InlineData("by-resolve", """ "contained":[{"resourceType":"Organization","id":"x","name":"X"}],"generalPractitioner":[{"reference":"#x"}] """, "cardinality")]
    [InlineData("aggregated", """ "contained":[{"resourceType":"Organization","id":"x","name":"X"}],"managingOrganization":{"reference":"#x"},"birthDate":"2020" """, "")]
    [InlineData("aggregated", """ "managingOrganization":{"reference":"Organization/x"} """, "reference-aggregation")]
    [InlineData("aggregated", """ "birthDate":"2020-01" """, "max-length")]
    [InlineData("imposing", """ "active":true,"name":[{"family":"A"}] """, "")]
    [InlineData("imposing", """ "active":true """, "cardinality")]
    public void Validate_SlicedProfile_FindsTheRule(string profile, string content, string rule)
    {
        var issues = Validator.Validate(Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient",{{content}}}"""), Url + profile).Where(i => i.Severity == IssueSeverity.Error);
        string.Join(",", issues.Select(i => i.Rule).Distinct()).ShouldBe(rule, string.Join("\n", issues));
    }

    [Fact]
    public void Validate_UnknownProfile_IsAnError() =>
        FhirValidator.Default.Validate("{\"resourceType\":\"Patient\"}"u8, Url + "nowhere").ShouldContain(i => i.Rule == "profile-unknown" && i.Severity == IssueSeverity.Error);

    [Fact]
    public void Validate_Bundle_ResolvesReferencesWithin()
    {
        const string bundle = """
            {"resourceType":"Bundle","type":"collection","entry":[
              {"fullUrl":"https://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}}},
              {"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Practitioner"}},
              {"fullUrl":"https://a.example/Patient/3","resource":{"resourceType":"Patient","id":"2"}}]}
            """;
        FhirValidator.Default.Validate(Encoding.UTF8.GetBytes(bundle)).Where(i => i.Severity == IssueSeverity.Error)
            .Select(i => (i.Rule, i.Place)).ShouldBe([("bundle-fullurl", "Bundle.entry[2].fullUrl"), ("reference-target", "Bundle.entry[0].resource.managingOrganization")], ignoreOrder: true);
    }

    [Fact]
    public void Validate_ElementAlreadyRead_SaysTheSame() =>
        FhirValidator.Default.Validate(FhirJson.Parse("""{"resourceType":"Patient","gender":"x"}""")).ShouldContain(i => i.Rule == "binding-required" && i.Line == 0);

    private static string Patient(string id, params string[] elements) =>
        $$$"""{"resourceType":"StructureDefinition","id":"{{{id}}}","url":"{{{Url}}}{{{id}}}","name":"X","status":"draft","fhirVersion":"4.0.1","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},{{{string.Join(",", elements)}}}]}}""";
}
