using System.Text.Json.Nodes;

namespace CareRecords.Tests.Search;

/// <summary>
/// A practice with every R4 type open and records whose values sit on the edges of search.html's rules. Ids begin with a mark of their own, "~" in the texts of
/// the tests, and every record carries it as a tag.
/// </summary>
public sealed class SpecificationFixture(CareDatabase database) : IAsyncLifetime
{
    private FhirServer? _server;

    internal string Mark { get; } = "s" + Guid.NewGuid().ToString("N")[..10] + "-";

    internal HttpClient Client { get; private set; } = null!;

    internal FhirServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await FhirServer.StartAsync(database, new() { ["Fhir:Conformance"] = "true" });
        Client = await _server.ClientAsync("system/*.*");
        foreach (var (type, id, content) in Records)
        {
            await PutAsync(type, id, content);
        }
    }

    internal string Own(string text) => text.Replace("~", Mark, StringComparison.Ordinal);

    internal async Task PutAsync(string type, string id, string content)
    {
        var tag = $$"""{"system":"urn:tag","code":"{{Mark}}"}""";
        var json = JsonNode.Parse(Own($$"""{"resourceType":"{{type}}","id":"{{id}}",{{content}}}"""))!.AsObject();
        var meta = json["meta"]?.AsObject() ?? [];
        json.Remove("meta");
        var tags = meta["tag"]?.AsArray() ?? [];
        meta.Remove("tag");
        tags.Add(JsonNode.Parse(tag));
        meta["tag"] = tags;
        json["meta"] = meta;
        var response = await Client.SendAsync(HttpMethod.Put, Own($"{type}/{id}"), json.ToJsonString());
        Assert.True(response.IsSuccessStatusCode, id + await response.Content.ReadAsStringAsync());
    }

    private static List<(string Type, string Id, string Content)> Records { get; } =
    [
        ("Organization", "~org", """ "name":"Hoitola Örn & Pojat", "address":[{"line":["Kauppakatu 1, A 2"],"city":"Jyväskylä","postalCode":"40100","country":"FI","use":"work"}] """),
        ("Practitioner", "~doc", """ "name":[{"family":"Lääkäri","given":["Olli"]}], "gender":"male" """),
        ("Patient", "~a", """
            "active":true, "gender":"female", "birthDate":"1990-03-14",
            "name":[{"use":"official","family":"Meikäläinen","given":["Maija-Liisa","Anna"],"prefix":["Dr"]}],
            "identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NNFIN"}],"text":"Henkilötunnus"},"system":"urn:oid:1.2.246.21","value":"140390-999Y"}],
            "telecom":[{"system":"phone","use":"home","value":"0401234567"}], "address":[{"city":"Jyväskylä","line":["Kauppakatu 1"],"postalCode":"40100"}],
            "generalPractitioner":[{"reference":"Practitioner/~doc"}], "managingOrganization":{"reference":"Organization/~org"},
            "meta":{"profile":["http://example.org/fhir/StructureDefinition/p|1.0"],"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}],"source":"http://example.org/source#1","tag":[{"system":"urn:x","code":"special"}]}
            """),
        ("Patient", "~b", """ "gender":"male", "birthDate":"1985", "name":[{"family":"O'Brien","given":["Sean"],"text":"Sean O'Brien"}], "telecom":[{"system":"email","use":"work","value":"Sean@Example.org"}], "deceasedBoolean":false """),
        ("Patient", "~c", """ "gender":"other", "birthDate":"2001-05", "deceasedDateTime":"2026-11-01", "name":[{"text":"Nimi, jossa pilkku"}], "link":[{"other":{"reference":"Patient/~a"},"type":"seealso"}] """),
        ("Patient", "~d", """ "identifier":[{"value":"X,1|2$3\\4"},{"system":"urn:x|y","value":"bar"}], "managingOrganization":{"identifier":{"system":"urn:org","value":"77"}} """),
        ("Encounter", "~enc", """ "status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/~a"},"period":{"start":"2026-11-20T08:00:00+02:00","end":"2026-11-20T09:00:00+02:00"} """),
        ("Observation", "~pulse", """
            "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
            "code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Syke"},"subject":{"reference":"Patient/~a"},"encounter":{"reference":"Encounter/~enc"},
            "performer":[{"reference":"Practitioner/~doc"}],"effectiveDateTime":"2026-11-20T21:30:10Z","valueQuantity":{"value":72,"unit":"beats/min","system":"http://unitsofmeasure.org","code":"/min"}
            """),
        ("Observation", "~weight", """
            "status":"preliminary","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/~a/_history/1"},"effectiveDateTime":"2026-11-21",
            "valueQuantity":{"value":80.2,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"},"derivedFrom":[{"reference":"Observation/~pulse"}]
            """),
        ("Observation", "~bp", """
            "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/~b"},"effectivePeriod":{"start":"2026-10-01","end":"2026-10-02"},
            "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":140,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
              {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
              {"code":{"coding":[{"code":"pos"}]},"valueCodeableConcept":{"coding":[{"system":"urn:pos","code":"sitting"}]}}]
            """),
        ("Observation", "~concept", """ "status":"final","code":{"coding":[{"system":"urn:own","code":"colour"}]},"subject":{"identifier":{"system":"urn:oid:1.2.246.21","value":"140390-999Y"}},"effectiveTiming":{"event":["2026-01-05","2026-01-07"]},"valueCodeableConcept":{"coding":[{"system":"urn:own","code":"red","display":"Punainen"}]} """),
        ("Observation", "~words", """ "status":"final","code":{"text":"Omin sanoin"},"effectiveInstant":"2026-02-03T10:15:30.500Z","valueString":"Hyvä vointi" """),
        ("Observation", "~when", """ "status":"final","code":{"coding":[{"system":"urn:own","code":"onset"}]},"effectivePeriod":{"start":"2026-12-01"},"valueDateTime":"2026-01-15" """),
        ("Observation", "~less", """ "status":"final","code":{"coding":[{"system":"urn:own","code":"crp"}]},"effectivePeriod":{"end":"2020-01-01"},"valueQuantity":{"value":5,"comparator":"<","unit":"mg/L","system":"http://unitsofmeasure.org","code":"mg/L"} """),
        ("ChargeItem", "~f1", """ "status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/~a"},"factorOverride":100 """),
        ("ChargeItem", "~f2", """ "status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/~a"},"factorOverride":99.5 """),
        ("ChargeItem", "~f3", """ "status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/~a"},"factorOverride":100.5 """),
        ("ChargeItem", "~f4", """ "status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/~a"},"factorOverride":104 """),
        ("ChargeItem", "~f5", """ "status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/~a"},"factorOverride":-3.50,"priceOverride":{"value":20.00,"currency":"EUR"} """),
        ("CodeSystem", "~cs", """ "url":"http://example.org/~/cs","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"animal","concept":[{"code":"dog","concept":[{"code":"poodle"}]},{"code":"cat"}]},{"code":"plant"}] """),
        ("ValueSet", "~vs", """ "url":"http://example.org/~/vs","status":"active","compose":{"include":[{"system":"http://example.org/~/cs","filter":[{"property":"concept","op":"is-a","value":"dog"}]}]} """),
        ("Condition", "~dog", """ "subject":{"reference":"Patient/~a"},"code":{"coding":[{"system":"http://example.org/~/cs","code":"dog"}]},"onsetAge":{"value":30,"system":"http://unitsofmeasure.org","code":"a"} """),
        ("Condition", "~poodle", """ "subject":{"reference":"Patient/~a"},"code":{"coding":[{"system":"http://example.org/~/cs","code":"poodle"}]},"onsetRange":{"low":{"value":10,"system":"http://unitsofmeasure.org","code":"a"},"high":{"value":20,"system":"http://unitsofmeasure.org","code":"a"}} """),
        ("Condition", "~cat", """ "subject":{"reference":"Patient/~b"},"code":{"coding":[{"system":"http://example.org/~/cs","code":"cat"}]} """),
        ("Condition", "~other", """ "subject":{"reference":"Patient/~b"},"code":{"coding":[{"system":"http://elsewhere.example","code":"dog"}]} """),
        ("Questionnaire", "~q", """ "url":"http://example.org/~/Questionnaire/q","version":"1.0","title":"Esitiedot","status":"active","useContext":[{"code":{"system":"http://terminology.hl7.org/CodeSystem/usage-context-type","code":"age"},"valueQuantity":{"value":18,"system":"http://unitsofmeasure.org","code":"a"}},{"code":{"system":"http://terminology.hl7.org/CodeSystem/usage-context-type","code":"focus"},"valueCodeableConcept":{"coding":[{"system":"urn:own","code":"back"}]}}] """),
        ("QuestionnaireResponse", "~r1", """ "status":"completed","questionnaire":"http://example.org/~/Questionnaire/q|1.0","subject":{"reference":"Patient/~a"} """),
        ("QuestionnaireResponse", "~r2", """ "status":"completed","questionnaire":"http://example.org/~/Questionnaire/q","subject":{"reference":"Patient/~b"} """),
        ("ValueSet", "~u1", """ "url":"http://example.org/~/a/b","status":"draft" """),
        ("ValueSet", "~u2", """ "url":"http://example.org/~/a/bc","status":"draft" """),
        ("ValueSet", "~u3", """ "url":"urn:oid:1.2.3","status":"draft" """),
        ("DocumentReference", "~doc1", """ "status":"current","content":[{"attachment":{"contentType":"text/plain","url":"http://example.org/x"}}],"subject":{"reference":"http://elsewhere.example/fhir/Patient/1"} """),
        ("DocumentReference", "~doc2", """ "status":"superseded","content":[{"attachment":{"contentType":"text/plain"}}],"relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/~doc1"}}] """),
        ("MolecularSequence", "~m1", """ "type":"dna","coordinateSystem":0,"referenceSeq":{"genomeBuild":"GRCh 37","chromosome":{"coding":[{"system":"urn:chr","code":"1"}]},"windowStart":100,"windowEnd":200},"variant":[{"start":110,"end":120},{"start":150,"end":160}] """),
        ("MolecularSequence", "~m2", """ "type":"dna","coordinateSystem":0,"referenceSeq":{"referenceSeqId":{"coding":[{"code":"NC_1"}]},"windowStart":100,"windowEnd":200},"variant":[{"start":110,"end":120}] """),
        ("Group", "~g1", """ "type":"person","actual":true,"characteristic":[{"code":{"coding":[{"code":"sex"}]},"valueCodeableConcept":{"coding":[{"code":"f"}]},"exclude":false},{"code":{"coding":[{"code":"smoker"}]},"valueBoolean":true,"exclude":true}],"member":[{"entity":{"reference":"Patient/~a"}}] """),
        ("Provenance", "~prov", """ "target":[{"reference":"Observation/~pulse/_history/1"}],"recorded":"2026-11-20T22:00:00Z","agent":[{"who":{"reference":"Practitioner/~doc"}}] """),
    ];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
