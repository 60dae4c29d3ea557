using System.Text;
using Fhir.Definitions;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>What definitions state besides slicing, on a package made for the purpose: code sets, canonical addresses and versions, contexts, aggregation, documents, and a server's CapabilityStatement.</summary>
public sealed class DefinitionRulesTests
{
    private const string Url = "https://example.org/fhir/";

    private static readonly string[] Package =
    [
        """
        {"resourceType":"CodeSystem","url":"https://example.org/fhir/CodeSystem/animals","version":"2","status":"active","content":"complete","caseSensitive":true,"concept":[
          {"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
            {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4},{"code":"home","valueString":"house"}]},
            {"code":"bird","display":"Bird","property":[{"code":"legs","valueInteger":2}],"concept":[{"code":"owl","display":"Owl","property":[{"code":"legs","valueInteger":2}]}]}]},
          {"code":"stone","display":"Stone"}]}
        """,
        Set("is-a", """{"property":"concept","op":"is-a","value":"bird"}"""),
        Set("descendent-of", """{"property":"concept","op":"descendent-of","value":"bird"}"""),
        Set("is-not-a", """{"property":"concept","op":"is-not-a","value":"bird"}"""),
        Set("child-of", """{"property":"concept","op":"child-of","value":"animal"}"""),
        Set("generalizes", """{"property":"concept","op":"generalizes","value":"owl"}"""),
        Set("regex", """{"property":"code","op":"regex","value":"[a-c].*"}"""),
        Set("regex-display", """{"property":"display","op":"regex","value":"O.l"}"""),
        Set("equals", """{"property":"legs","op":"=","value":"2"}"""),
        Set("in", """{"property":"concept","op":"in","value":"cat, owl"}"""),
        Set("not-in", """{"property":"concept","op":"not-in","value":"cat,owl"}"""),
        Set("exists", """{"property":"home","op":"exists","value":"true"}"""),
        Set("exists-not", """{"property":"home","op":"exists","value":"false"}"""),
        Set("both", """{"property":"legs","op":"=","value":"2"},{"property":"concept","op":"descendent-of","value":"bird"}"""),
        """{"resourceType":"ValueSet","url":"https://example.org/fhir/ValueSet/expanded","status":"active","expansion":{"timestamp":"2026-01-01","contains":[{"system":"https://example.org/fhir/CodeSystem/animals","abstract":true,"code":"animal","contains":[{"system":"https://example.org/fhir/CodeSystem/animals","code":"cat"}]}]}}""",
        """{"resourceType":"ValueSet","url":"https://example.org/fhir/ValueSet/excluding","status":"active","compose":{"include":[{"valueSet":["https://example.org/fhir/ValueSet/is-a"]}],"exclude":[{"system":"https://example.org/fhir/CodeSystem/animals","concept":[{"code":"owl"}]}]}}""",
        """{"resourceType":"ValueSet","url":"https://example.org/fhir/ValueSet/empty","status":"active"}""",
        Profile("bound-max", "Basic", """{"path":"Basic.code","binding":{"strength":"preferred","valueSet":"https://example.org/fhir/ValueSet/is-a","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet","valueCanonical":"https://example.org/fhir/ValueSet/child-of"}]}}"""),
        Profile("bound-extensible", "Basic", """{"path":"Basic.code","binding":{"strength":"extensible","valueSet":"https://example.org/fhir/ValueSet/is-a"}}"""),
        Profile("bound-empty", "Basic", """{"path":"Basic.code","binding":{"strength":"required","valueSet":"https://example.org/fhir/ValueSet/empty"}}"""),
        Profile("blood-form", "QuestionnaireResponse", """{"path":"QuestionnaireResponse.questionnaire","type":[{"code":"canonical","targetProfile":["http://hl7.org/fhir/StructureDefinition/Questionnaire"]}]}"""),
        Profile("versioned-reference", "Basic", """{"path":"Basic.subject","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Resource"],"versioning":"specific"}]}"""),
        Profile("fixed", "Basic", """{"path":"Basic.created","fixedDate":"2026-01-01"}"""),
        Profile("broken", "Basic", """{"path":"Basic.nothing","min":1}"""),
        Profile("orphan", "Basic", """{"path":"Basic.code","min":1}""").Replace("http://hl7.org/fhir/StructureDefinition/Basic", "https://example.org/fhir/no-such-base", StringComparison.Ordinal),
        Profile("cc-text", "CodeableConcept", """{"path":"CodeableConcept.text","min":1}"""),
        Profile("cc-coding", "CodeableConcept", """{"path":"CodeableConcept.coding","min":1}"""),
        Profile("either", "Basic", """{"path":"Basic.code","type":[{"code":"CodeableConcept","profile":["https://example.org/fhir/cc-text","https://example.org/fhir/cc-coding"]}]}"""),
        Profile("old", "Basic", """{"path":"Basic.created","min":1}""", "1.0.0"),
        Profile("old", "Basic", """{"path":"Basic.subject","min":1}""", "2.0.0"),
        Extension("on-names", """{"type":"element","expression":"HumanName"}""", ""),
        Extension("on-people", """{"type":"fhirpath","expression":"Patient.contact.name"}""", ""),
        Extension("inside", """{"type":"extension","expression":"https://example.org/fhir/on-names"}""", ""),
        Extension("once", """{"type":"element","expression":"HumanName"}""", "\"contextInvariant\":[\"family.exists() and %extension.value = 'x'\"],"),
        Extension("unsound", """{"type":"fhirpath","expression":"%nothing"}""", "\"contextInvariant\":[\"%nothing\"],"),
        """{"resourceType":"CapabilityStatement","url":"https://example.org/fhir/server","status":"active","rest":[{"mode":"server","resource":[{"type":"Basic","profile":"https://example.org/fhir/fixed","referencePolicy":["local"]},{"type":"Patient","referencePolicy":["logical"]}]}]}""",
    ];

    private static readonly FhirValidator Validator = new(DefinitionLibrary.With(Package.Select(p => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(p)))));

    [Theory]
    [InlineData("is-a", "bird owl")]
    [InlineData("descendent-of", "owl")]
    [InlineData("is-not-a", "animal cat stone")]
    [InlineData("child-of", "cat bird")]
    [InlineData("generalizes", "animal bird owl")]
    [InlineData("regex", "animal cat bird")]
    [InlineData("regex-display", "owl")]
    [InlineData("equals", "bird owl")]
    [InlineData("in", "cat owl")]
    [InlineData("not-in", "animal bird stone")]
    [InlineData("exists", "cat")]
    [InlineData("exists-not", "animal bird owl stone")]
    [InlineData("both", "owl")]
    [InlineData("expanded", "animal cat")]
    [InlineData("excluding", "bird")]
    public void ValueSetFilter_TakesWhatItSays(string set, string members)
    {
        string[] all = ["animal", "cat", "bird", "owl", "stone"];
        all.Where(c => Validator.Library.Terminology.Contains($"{Url}ValueSet/{set}", Url + "CodeSystem/animals", c) == true).ShouldBe(members.Split(' '));
    }

    [Theory]
    [InlineData("bound-max", """ "code":{"coding":[{"system":"https://example.org/fhir/CodeSystem/animals","code":"bird"}]} """, "")]
    [InlineData("bound-max", """ "code":{"coding":[{"system":"https://example.org/fhir/CodeSystem/animals","code":"stone"}]} """, "binding-max")]
    [InlineData("bound-max", """ "code":{"text":"free"} """, "")]
    [InlineData("bound-extensible", """ "code":{"coding":[{"system":"https://example.org/fhir/CodeSystem/animals","code":"cat"}]} """, "binding-extensible")]
    [InlineData("bound-empty", """ "code":{"coding":[{"system":"https://example.org/fhir/CodeSystem/animals","code":"cat"}]} """, "binding-unchecked")]
    [InlineData("versioned-reference", """ "code":{"text":"x"},"subject":{"reference":"Patient/1/_history/2"} """, "")]
    [InlineData("versioned-reference", """ "code":{"text":"x"},"subject":{"reference":"Patient/1"} """, "reference-versioning")]
    [InlineData("fixed", """ "code":{"text":"x"},"created":"2026-01-01" """, "")]
    [InlineData("fixed", """ "code":{"text":"x"},"created":"2026-01-02" """, "fixed")]
    [InlineData("either", """ "code":{"text":"x"} """, "")]
    [InlineData("either", """ "code":{"extension":[{"url":"https://example.org/unknown","valueString":"x"}]} """, "type-profile")]
    [InlineData("broken", """ "code":{"text":"x"} """, "profile-unusable")]
    [InlineData("orphan", """ "code":{"text":"x"} """, "profile-unusable")]
    [InlineData("nowhere", """ "code":{"text":"x"} """, "profile-unknown")]
    [InlineData("old|1.0.0", """ "code":{"text":"x"},"created":"2026-01-01" """, "")]
    [InlineData("old|1.0.0", """ "code":{"text":"x"} """, "cardinality")]
    [InlineData("old|2.0.0", """ "code":{"text":"x"},"created":"2026-01-01" """, "cardinality")]
    [InlineData("old|3.0.0", """ "code":{"text":"x"},"subject":{"display":"x"} """, "profile-version")]
    [InlineData("server", """ "code":{"text":"x"},"created":"2026-01-01" """, "")]
    [InlineData("server", """ "code":{"text":"x"},"created":"2026-01-02" """, "fixed")]
    [InlineData("server", """ "code":{"text":"x"},"subject":{"reference":"https://example.org/Patient/1"} """, "capability-reference")]
    [InlineData("server", """ "code":{"text":"x"},"subject":{"identifier":{"value":"1"}} """, "capability-reference")]
    public void Validate_Basic_FindsTheRule(string profile, string content, string rule) => Rules("Basic", content, Url + profile).ShouldBe(rule.Length == 0 ? [] : [rule]);

    [Theory]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/on-names","valueString":"x"}]}] """, "")]
    [InlineData("Patient", """ "extension":[{"url":"https://example.org/fhir/on-names","valueString":"x"}] """, "extension-context")]
    [InlineData("Patient", """ "contact":[{"name":{"family":"A","extension":[{"url":"https://example.org/fhir/on-people","valueString":"x"}]}}] """, "")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/on-people","valueString":"x"}]}] """, "extension-context")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/inside","valueString":"x"}]}] """, "extension-context")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/once","valueString":"x"}]}] """, "")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/once","valueString":"y"}]}] """, "extension-context")]
    [InlineData("Patient", """ "name":[{"text":"A","extension":[{"url":"https://example.org/fhir/once","valueString":"x"}]}] """, "extension-context")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/unsound","valueString":"x"}]}] """, "extension-context")]
    [InlineData("Patient", """ "name":[{"family":"A","extension":[{"url":"https://example.org/fhir/on-names","valueInteger":1}]}] """, "type")]
    [InlineData("Patient", """ "language":"fi" """, "")]
    [InlineData("Patient", """ "name":[{"text":" "}] """, "string-blank")]
    [InlineData("Patient", """ "language":"suomeksi kiitos" """, "binding-max")]
    [InlineData("CapabilityStatement", """ "status":"active","date":"2026-01-01","kind":"requirements","fhirVersion":"4.0.1","format":["json","application/fhir+xml"],"description":"x","rest":[{"mode":"server"}] """, "")]
    [InlineData("CapabilityStatement", """ "status":"active","date":"2026-01-01","kind":"requirements","fhirVersion":"4.0.1","format":["yaml"],"description":"x","rest":[{"mode":"server"}] """, "binding-required")]
    [InlineData("QuestionnaireResponse", """ "status":"completed","questionnaire":"https://example.org/fhir/Questionnaire/1" """, "")]
    [InlineData("QuestionnaireResponse", """ "status":"completed","questionnaire":"https://example.org/fhir/ValueSet/is-a" """, "canonical-target")]
    [InlineData("QuestionnaireResponse", """ "status":"completed","questionnaire":"#q" """, "canonical-target")]
    [InlineData("QuestionnaireResponse", """ "contained":[{"resourceType":"Patient","id":"q"}],"status":"completed","questionnaire":"#q" """, "canonical-target")]
    [InlineData("Patient", """ "contained":[{"resourceType":"Patient","id":"q"}],"link":[{"other":{"reference":"#q"},"type":"refer"}] """, "")]
    public void Validate_Resource_FindsTheRule(string type, string content, string rule) => Rules(type, content, null).Distinct().ShouldBe(rule.Length == 0 ? [] : [rule]);

    [Theory]
    [InlineData("Observation", """ "status":"final","code":{"text":"x"} """, "capability-type")]
    [InlineData("Patient", """ "managingOrganization":{"reference":"Organization/1"} """, "capability-reference")]
    [InlineData("Patient", """ "managingOrganization":{"identifier":{"value":"1"}} """, "")]
    public void Validate_AgainstCapabilityStatement_FindsTheRule(string type, string content, string rule) =>
        Rules(type, content, Url + "server").ShouldBe(rule.Length == 0 ? [] : [rule]);

    [Theory]
    [InlineData("urn:uuid:00000000-0000-4000-8000-000000000002", "")]
    [InlineData("urn:uuid:00000000-0000-4000-8000-000000000003", "bundle-document")]
    [InlineData("Patient/elsewhere", "bundle-document")]
    public void Validate_Document_HoldsWhatItsCompositionRefersTo(string subject, string rule)
    {
        var document = $$$"""
            {"resourceType":"Bundle","type":"document","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"},"timestamp":"2026-01-01T00:00:00Z","entry":[
            {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Composition","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
              "status":"final","type":{"text":"x"},"subject":{"reference":"{{{subject}}}"},"date":"2026-01-01","author":[{"display":"x"}],"title":"x"}},
            {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"} } } ]}
            """;
        Validator.Validate(Encoding.UTF8.GetBytes(document)).Where(i => i.Severity != IssueSeverity.Information).Select(i => i.Rule).ShouldBe(rule.Length == 0 ? [] : [rule]);
    }

    [Theory]
    [InlineData("https://example.org/fhir/Basic/b", "")]
    [InlineData("https://example.org/fhir/Basic/c", "bundle-fullurl")]
    [InlineData("https://example.org/fhir/Patient/b", "bundle-fullurl")]
    public void Validate_Bundle_FullUrlAgreesWithItsResource(string fullUrl, string rule)
    {
        var bundle = $$$"""
            {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"{{{fullUrl}}}","resource":{"resourceType":"Basic","id":"b",
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"code":{"text":"x"} } } ]}
            """;
        Validator.Validate(Encoding.UTF8.GetBytes(bundle)).Where(i => i.Severity != IssueSeverity.Information).Select(i => i.Rule).ShouldBe(rule.Length == 0 ? [] : [rule]);
    }

    private static IEnumerable<string> Rules(string type, string content, string? profile)
    {
        var json = $$$"""{"resourceType":"{{{type}}}","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},{{{content}}}}""";
        return Validator.Validate(Encoding.UTF8.GetBytes(json), profile).Where(i => i.Severity != IssueSeverity.Information || i.Rule == "binding-unchecked").Select(i => i.Rule);
    }

    private static string Set(string name, string filters) =>
        $$$"""{"resourceType":"ValueSet","url":"{{{Url}}}ValueSet/{{{name}}}","status":"active","compose":{"include":[{"system":"{{{Url}}}CodeSystem/animals","filter":[{{{filters}}}]}]}}""";

    private static string Profile(string name, string type, string element, string version = "1") => $$$"""
        {"resourceType":"StructureDefinition","url":"{{{Url}}}{{{name}}}","version":"{{{version}}}","name":"P","status":"active","kind":"resource","abstract":false,"type":"{{{type}}}",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/{{{type}}}","derivation":"constraint","differential":{"element":[{"path":"{{{type}}}"},{{{element}}}]}}
        """;

    private static string Extension(string name, string context, string further) => $$$"""
        {"resourceType":"StructureDefinition","url":"{{{Url}}}{{{name}}}","name":"E","status":"active","kind":"complex-type","abstract":false,"type":"Extension","context":[{{{context}}}],{{{further}}}
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","derivation":"constraint","differential":{"element":[{"path":"Extension"},{"path":"Extension.url","fixedUri":"{{{Url}}}{{{name}}}"},
        {"path":"Extension.value[x]","min":1,"type":[{"code":"string"}]}]}}
        """;
}
