using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>https://hl7.org/fhir/R4/search.html, clause by clause: which records a search finds, and what is refused.</summary>
public sealed class SpecificationTests(SpecificationFixture data) : IClassFixture<SpecificationFixture>
{
    // 3.1.1.4.5 number, with 3.1.1.5 prefixes
    [Theory]
    [InlineData("ChargeItem?factor-override=100", "f1,f2")]
    [InlineData("ChargeItem?factor-override=100.0", "f1")]
    [InlineData("ChargeItem?factor-override=1e2", "f1,f2,f3,f4")]
    [InlineData("ChargeItem?factor-override=ne100", "f3,f4,f5")]
    [InlineData("ChargeItem?factor-override=gt100", "f3,f4")]
    [InlineData("ChargeItem?factor-override=ge100", "f1,f3,f4")]
    [InlineData("ChargeItem?factor-override=lt100", "f2,f5")]
    [InlineData("ChargeItem?factor-override=le100", "f1,f2,f5")]
    [InlineData("ChargeItem?factor-override=sa100", "f3,f4")]
    [InlineData("ChargeItem?factor-override=eb100", "f2,f5")]
    [InlineData("ChargeItem?factor-override=ap95", "f1,f2,f3,f4")]
    [InlineData("ChargeItem?factor-override=-3.5", "f5")]
    [InlineData("ChargeItem?factor-override=-3.5,104", "f4,f5")]
    [InlineData("ChargeItem?factor-override=gt100&factor-override=lt101", "f3")]
    [InlineData("ChargeItem?price-override=20|urn:iso:std:iso:4217|EUR", "f5")]
    [InlineData("ChargeItem?price-override=20||EUR", "f5")]
    [InlineData("ChargeItem?price-override=20||USD", "")]
    // 3.1.1.4.6 date
    [InlineData("Patient?birthdate=1990-03-14", "a")]
    [InlineData("Patient?birthdate=1990-03", "a")]
    [InlineData("Patient?birthdate=1990", "a")]
    [InlineData("Patient?birthdate=1985-06", "")]
    [InlineData("Patient?birthdate=ne1990", "b,c")]
    [InlineData("Patient?birthdate=lt1990", "b")]
    [InlineData("Patient?birthdate=le1990-03-14", "a,b")]
    [InlineData("Patient?birthdate=gt1985-06", "a,b,c")]
    [InlineData("Patient?birthdate=sa1985-06", "a,c")]
    [InlineData("Patient?birthdate=ge2001-05", "c")]
    [InlineData("Patient?birthdate=eb1990-03-14", "b")]
    [InlineData("Patient?birthdate=ap1988", "a,b")]
    [InlineData("Patient?death-date=2026-11", "c")]
    [InlineData("Observation?date=2026-11-20", "pulse")]
    [InlineData("Observation?date=2026-11-20T21:30Z", "pulse")]
    [InlineData("Observation?date=2026-11-20T23:30:10%2B02:00", "pulse")]
    [InlineData("Observation?date=2026-11-20T23:30:10+02:00", "pulse")]
    [InlineData("Observation?date=2026-11", "pulse,weight")]
    [InlineData("Observation?date=2026-02-03T10:15:30Z", "words")]
    [InlineData("Observation?date=2026-02-03T10:15:30.500Z", "words")]
    [InlineData("Observation?date=2026-02-03T10:15:30.400Z", "")]
    [InlineData("Observation?date=2026-10", "bp")]
    [InlineData("Observation?date=2026-10-01", "")]
    [InlineData("Observation?date=ge2026-10-02", "pulse,weight,when")]
    [InlineData("Observation?date=gt2026-11-21", "when")]
    [InlineData("Observation?date=sa2026-11-20", "weight,when")]
    [InlineData("Observation?date=eb2026-01-06", "less")]
    [InlineData("Observation?date=lt2026-01-06", "concept,less")]
    [InlineData("Patient?birthdate=ap1970", "")]
    [InlineData("Observation?date=2026-01", "concept")]
    [InlineData("Observation?date=ge2026-11-21&date=le2026-11-21", "weight")]
    [InlineData("Observation?value-date=2026-01-15", "when")]
    [InlineData("Encounter?date=2026-11-20", "enc")]
    [InlineData("Encounter?date=ge2026-11-20T08:30:00%2B02:00", "enc")]
    // 3.1.1.4.7 string
    [InlineData("Patient?family=meik", "a")]
    [InlineData("Patient?family=MEIKALAINEN", "a")]
    [InlineData("Patient?family=äläinen", "")]
    [InlineData("Patient?family:contains=ALAIN", "a")]
    [InlineData("Patient?family:exact=Meikäläinen", "a")]
    [InlineData("Patient?family:exact=Meikalainen", "")]
    [InlineData("Patient?family:exact=Meikäläine", "")]
    [InlineData("Patient?family=obrien", "b")]
    [InlineData("Patient?family=o'brien", "b")]
    [InlineData("Patient?given=maija", "a")]
    [InlineData("Patient?given=anna", "a")]
    [InlineData("Patient?given=anna&given=maija", "a")]
    [InlineData("Patient?given=anna,sean", "a,b")]
    [InlineData("Patient?name=dr", "a")]
    [InlineData("Patient?name=official", "")]
    [InlineData("Patient?name=sean o", "b")]
    [InlineData("Patient?name=Nimi\\, jossa", "c")]
    [InlineData("Patient?name:exact=Nimi\\, jossa pilkku", "c")]
    [InlineData("Patient?name=%25", "")]
    [InlineData("Patient?name=_", "")]
    [InlineData("Patient?name:contains=%25", "")]
    [InlineData("Organization?address=kauppakatu", "org")]
    [InlineData("Organization?address=jyväs", "org")]
    [InlineData("Organization?address=work", "")]
    [InlineData("Organization?address-city=jyvaskyla", "org")]
    [InlineData("Organization?address-postalcode=401", "org")]
    [InlineData("Organization?name=hoitola orn", "org")]
    [InlineData("Observation?value-string=hyva", "words")]
    // 3.1.1.4.8 uri
    [InlineData("ValueSet?url=http://example.org/~/a/b", "u1")]
    [InlineData("ValueSet?url=http://example.org/~/a", "")]
    [InlineData("ValueSet?url:below=http://example.org/~/a", "u1,u2")]
    [InlineData("ValueSet?url:below=http://example.org/~/a/b", "u1")]
    [InlineData("ValueSet?url:above=http://example.org/~/a/b/c/d", "u1")]
    [InlineData("ValueSet?url=urn:oid:1.2.3", "u3")]
    [InlineData("Patient?_profile=http://example.org/fhir/StructureDefinition/p", "a")]
    [InlineData("Patient?_profile=http://example.org/fhir/StructureDefinition/p|1.0", "a")]
    [InlineData("Patient?_profile=http://example.org/fhir/StructureDefinition/p|2.0", "")]
    [InlineData("Patient?_source=http://example.org/source%231", "a")]
    // 3.1.1.4.10 token
    [InlineData("Patient?identifier=urn:oid:1.2.246.21|140390-999Y", "a")]
    [InlineData("Patient?identifier=140390-999y", "a")]
    [InlineData("Patient?identifier=urn:oid:1.2.246.21|", "a")]
    [InlineData("Patient?identifier=|140390-999Y", "")]
    [InlineData("Patient?identifier=urn:oid:9|140390-999Y", "")]
    [InlineData("Patient?identifier=|X\\,1\\|2\\$3\\\\4", "d")]
    [InlineData("Patient?identifier=X\\,1\\|2\\$3\\\\4,140390-999Y", "a,d")]
    [InlineData("Patient?identifier=urn:x\\|y|bar", "d")]
    [InlineData("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|NNFIN|140390-999Y", "a")]
    [InlineData("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|NNFIN|1", "")]
    [InlineData("Patient?identifier:text=henkilo", "a")]
    [InlineData("Patient?gender=female", "a")]
    [InlineData("Patient?gender=http://hl7.org/fhir/administrative-gender|female", "a")]
    [InlineData("Patient?gender=http://hl7.org/fhir/other|female", "")]
    [InlineData("Patient?gender=|female", "a")]
    [InlineData("Patient?gender:not=female", "b,c,d")]
    [InlineData("Patient?gender:not=female,male", "c,d")]
    [InlineData("Patient?gender:missing=true", "d")]
    [InlineData("Patient?gender:missing=false", "a,b,c")]
    [InlineData("Patient?active=true", "a")]
    [InlineData("Patient?active=http://terminology.hl7.org/CodeSystem/special-values|true", "a")]
    [InlineData("Patient?deceased=true", "c")]
    [InlineData("Patient?deceased=false", "a,b,d")]
    [InlineData("Patient?telecom=0401234567", "a")]
    [InlineData("Patient?telecom=phone|0401234567", "a")]
    [InlineData("Patient?telecom=home|0401234567", "a")]
    [InlineData("Patient?telecom=email|0401234567", "")]
    [InlineData("Patient?email=sean@example.org", "b")]
    [InlineData("Patient?phone=0401234567", "a")]
    [InlineData("Observation?code=8867-4", "pulse")]
    [InlineData("Observation?code=http://loinc.org|8867-4,urn:own|colour", "pulse,concept")]
    [InlineData("Observation?code:text=syke", "pulse")]
    [InlineData("Observation?code:text=heart", "pulse")]
    [InlineData("Observation?code:text=omin", "words")]
    [InlineData("Observation?code:missing=true", "")]
    [InlineData("Observation?value-concept=urn:own|red", "concept")]
    [InlineData("Observation?value-concept:text=puna", "concept")]
    [InlineData("Observation?status=final&code:not=8867-4", "bp,concept,words,when,less")]
    [InlineData("Condition?code:in=http://example.org/~/vs", "dog,poodle")]
    [InlineData("Condition?code:in=ValueSet/~vs", "dog,poodle")]
    [InlineData("Condition?code:not-in=http://example.org/~/vs", "cat,other")]
    [InlineData("Condition?code:below=http://example.org/~/cs|animal", "dog,poodle,cat")]
    [InlineData("Condition?code:below=http://example.org/~/cs|dog", "dog,poodle")]
    [InlineData("Condition?code:above=http://example.org/~/cs|poodle", "dog,poodle")]
    [InlineData("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "a,b,c")]
    [InlineData("Observation?subject:Patient.gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "pulse,weight,bp")]
    [InlineData("Patient?_security=R", "a")]
    [InlineData("Patient?_tag=urn:x|special", "a")]
    // 3.1.1.4.11 quantity
    [InlineData("Observation?value-quantity=72", "pulse")]
    [InlineData("Observation?value-quantity=72||beats/min", "pulse")]
    [InlineData("Observation?value-quantity=72||/min", "pulse")]
    [InlineData("Observation?value-quantity=80200|http://unitsofmeasure.org|g", "weight")]
    [InlineData("Observation?value-quantity=80|http://unitsofmeasure.org|kg", "weight")]
    [InlineData("Observation?value-quantity=80.1|http://unitsofmeasure.org|kg", "")]
    [InlineData("Observation?value-quantity=gt80000|http://unitsofmeasure.org|g", "weight")]
    [InlineData("Observation?value-quantity=lt4|http://unitsofmeasure.org|mg/L", "less")]
    [InlineData("Observation?value-quantity=lt0.004|http://unitsofmeasure.org|g/L", "less")]
    [InlineData("Observation?value-quantity=gt6|http://unitsofmeasure.org|mg/L", "")]
    [InlineData("Condition?onset-age=30|http://unitsofmeasure.org|a", "dog")]
    [InlineData("Condition?onset-age=ge15|http://unitsofmeasure.org|a", "dog,poodle")]
    [InlineData("Condition?onset-age=lt15|http://unitsofmeasure.org|a", "poodle")]
    // 3.1.1.4.12 reference
    [InlineData("Observation?subject=Patient/~a", "pulse,weight")]
    [InlineData("Observation?subject=~a", "pulse,weight")]
    [InlineData("Observation?subject=BASE/Patient/~a", "pulse,weight")]
    [InlineData("Observation?subject:Patient=~a", "pulse,weight")]
    [InlineData("Observation?subject:Group=~a", "")]
    [InlineData("Observation?subject=Group/~a", "")]
    [InlineData("Observation?subject=Patient/~a/_history/1", "weight")]
    [InlineData("Observation?subject=Patient/~a/_history/2", "")]
    [InlineData("Observation?subject:identifier=urn:oid:1.2.246.21|140390-999Y", "concept")]
    [InlineData("Observation?subject:missing=true", "words,when,less")]
    [InlineData("Observation?patient=~a,~b", "pulse,weight,bp")]
    [InlineData("Patient?organization:identifier=77", "d")]
    [InlineData("DocumentReference?subject=http://elsewhere.example/fhir/Patient/1", "doc1")]
    [InlineData("DocumentReference?subject=Patient/1", "")]
    [InlineData("QuestionnaireResponse?questionnaire=http://example.org/~/Questionnaire/q", "r1,r2")]
    [InlineData("QuestionnaireResponse?questionnaire=http://example.org/~/Questionnaire/q|1.0", "r1")]
    [InlineData("Provenance?target=Observation/~pulse", "prov")]
    // 3.1.1.4.13 chains, 3.1.1.4.14 _has
    [InlineData("Observation?subject.family=meik", "pulse,weight")]
    [InlineData("Observation?subject:Patient.birthdate=1985", "bp")]
    [InlineData("Observation?patient.general-practitioner.family=laakari", "pulse,weight")]
    [InlineData("Observation?patient.general-practitioner:Practitioner.name=laakari&code=8867-4", "pulse")]
    [InlineData("Observation?encounter.subject.organization.name=hoitola", "pulse")]
    [InlineData("Observation?subject.gender:not=female", "bp")]
    [InlineData("Observation?subject.name=meik,obrien", "pulse,weight,bp")]
    [InlineData("Observation?subject.nosuch=x&code=8867-4", "pulse")]
    [InlineData("QuestionnaireResponse?questionnaire.title=esi", "r1,r2")]
    [InlineData("Patient?_has:Observation:patient:code=8867-4", "a")]
    [InlineData("Patient?_has:Observation:patient:code=8867-4&_has:Observation:patient:code=29463-7", "a")]
    [InlineData("Patient?_has:Observation:patient:code:not=8867-4", "a,b")]
    [InlineData("Patient?_has:Observation:subject:date=2026-10", "b")]
    [InlineData("Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=29463-7", "doc")]
    [InlineData("Practitioner?_has:Observation:performer:patient.family=meik", "doc")]
    [InlineData("Observation?patient._has:Condition:patient:code=poodle", "pulse,weight")]
    [InlineData("Patient?_has:Group:member:_id=~g1", "a")]
    [InlineData("Questionnaire?_has:QuestionnaireResponse:questionnaire:subject=~b", "q")]
    // 3.1.1.4.15 composites
    [InlineData("Observation?code-value-quantity=http://loinc.org|8867-4$72", "pulse")]
    [InlineData("Observation?code-value-quantity=8867-4$gt70|http://unitsofmeasure.org|/min", "pulse")]
    [InlineData("Observation?code-value-quantity=29463-7$72", "")]
    [InlineData("Observation?code-value-quantity=29463-7$80200|http://unitsofmeasure.org|g,8867-4$72", "pulse,weight")]
    [InlineData("Observation?component-code-value-quantity=8480-6$gt130", "bp")]
    [InlineData("Observation?component-code-value-quantity=8462-4$gt130", "")]
    [InlineData("Observation?combo-code-value-quantity=8480-6$gt130", "bp")]
    [InlineData("Observation?combo-code-value-quantity=8867-4$72", "pulse")]
    [InlineData("Observation?code-value-concept=urn:own|colour$urn:own|red", "concept")]
    [InlineData("Observation?component-code-value-concept=pos$sitting", "bp")]
    [InlineData("Observation?combo-code-value-concept=pos$urn:pos|sitting", "bp")]
    [InlineData("Observation?code-value-date=onset$2026-01", "when")]
    [InlineData("Observation?code-value-date=onset$gt2026-02", "")]
    [InlineData("Observation?code-value-string=8867-4$x", "")]
    [InlineData("Questionnaire?context-type-quantity=age$ge18", "q")]
    [InlineData("Questionnaire?context-type-value=focus$back", "q")]
    [InlineData("Questionnaire?context-type-value=age$back", "")]
    [InlineData("DocumentReference?relationship=replaces$DocumentReference/~doc1", "doc2")]
    [InlineData("DocumentReference?relationship=DocumentReference/~doc1$replaces", "doc2")]
    [InlineData("DocumentReference?relationship=appends$DocumentReference/~doc1", "")]
    [InlineData("Group?characteristic-value=sex$f", "g1")]
    [InlineData("Group?characteristic-value=smoker$true", "g1")]
    [InlineData("Group?characteristic-value=sex$true", "")]
    [InlineData("MolecularSequence?chromosome-window-coordinate=1$ge100$le200", "m1")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=1$ge105$le125", "m1")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=1$ge115$le125", "")]
    [InlineData("MolecularSequence?referenceseqid-window-coordinate=NC_1$100$200", "m2")]
    [InlineData("MolecularSequence?referenceseqid-variant-coordinate=NC_1$110$120", "m2")]
    // 3.1.1.3 parameters of every resource
    [InlineData("Patient?_id=~a", "a")]
    [InlineData("Patient?_id=~a,~b", "a,b")]
    [InlineData("Patient?_id:not=~a", "b,c,d")]
    [InlineData("Patient?_lastUpdated=gt2020", "a,b,c,d")]
    [InlineData("Patient?_lastUpdated=lt2020", "")]
    [InlineData("Patient?_lastUpdated:missing=true", "")]
    [InlineData("?_type=Patient,Practitioner&name=laak", "doc")]
    [InlineData("?_type=Patient,Practitioner&gender=male", "b,doc")]
    [InlineData("?_type=Observation,Condition&patient.family=obr", "bp,cat,other")]
    [InlineData("?_type=Questionnaire,ValueSet&url:below=http://example.org/~/a", "u1,u2")]
    [InlineData("?_type=Patient,Observation&_tag:not=special&_id=~a,~b,~pulse", "b,pulse")]
    [InlineData("?_type=Patient,Observation&_security:missing=false", "a")]
    [InlineData("?_source=http://example.org/source%231", "a")]
    public async Task Search_FindsExactlyThese(string query, string expected)
    {
        var bundle = await SearchAsync(query);
        Ids(bundle).ShouldBe(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
        bundle["total"]!.GetValue<int>().ShouldBe(Ids(bundle).Count);
    }

    // 3.1.1.5.4 _include and _revinclude
    [Theory]
    [InlineData("Observation?code=8867-4&_include=Observation:subject", "a")]
    [InlineData("Observation?code=8867-4&_include=Observation:subject:Patient", "a")]
    [InlineData("Observation?code=8867-4&_include=Observation:subject:Group", "")]
    [InlineData("Observation?code=8867-4&_include=Observation:*", "a,enc,doc")]
    [InlineData("Observation?code=8867-4&_include=*", "a,enc,doc")]
    [InlineData("Observation?code=8867-4&_include=Observation:patient&_include:iterate=Patient:general-practitioner", "a,doc")]
    [InlineData("Observation?code=8867-4&_include:iterate=Observation:patient&_include:iterate=Patient:organization", "a,org")]
    [InlineData("Observation?code=8867-4&_include=Observation:patient&_include=Patient:organization", "a")]
    [InlineData("Observation?code=29463-7&_include=Observation:subject", "a")]
    [InlineData("Observation?code=29463-7&_include:iterate=Observation:derived-from&_include:iterate=Observation:encounter", "pulse,enc")]
    [InlineData("Patient?_id=~b&_revinclude=Observation:subject", "bp")]
    [InlineData("Patient?_id=~b&_revinclude=Observation:subject&_revinclude=Condition:subject", "bp,cat,other")]
    [InlineData("Patient?_id=~b&_revinclude=*", "bp,cat,other,r2")]
    [InlineData("Observation?code=8867-4&_revinclude=Provenance:target", "prov")]
    [InlineData("Observation?code=8867-4&_revinclude=Provenance:target:Patient", "")]
    [InlineData("Practitioner?_id=~doc&_revinclude=Patient:general-practitioner&_revinclude:iterate=Encounter:patient", "a,enc")]
    [InlineData("QuestionnaireResponse?_id=~r1&_include=QuestionnaireResponse:questionnaire", "q")]
    [InlineData("Questionnaire?_id=~q&_revinclude=QuestionnaireResponse:questionnaire", "r1,r2")]
    public async Task Include_BringsExactlyThese(string query, string expected)
    {
        var bundle = await SearchAsync(query);
        Ids(bundle, "include").ShouldBe(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
        bundle["total"]!.GetValue<int>().ShouldBe(Ids(bundle).Count);
    }

    // 3.1.1.5.1 _sort
    [Theory]
    [InlineData("Patient?_sort=birthdate", "b,a,c,d")]
    [InlineData("Patient?_sort=-birthdate", "c,a,b,d")]
    [InlineData("Patient?_sort=family,-_id", "a,b,d,c")]
    [InlineData("ChargeItem?_sort=-factor-override", "f4,f3,f1,f2,f5")]
    [InlineData("Condition?_sort=-subject,_id", "cat,other,dog,poodle")]
    [InlineData("ValueSet?_id=~u1,~u2,~u3&_sort=-url", "u3,u2,u1")]
    [InlineData("?_type=Patient,Practitioner&_sort=-_id", "doc,d,c,b,a")]
    public async Task Sort_OrdersByEachKey_PageByPage_ForthAndBack(string query, string expected)
    {
        var (forth, back, pages) = (new List<string>(), new List<string>(), 0);
        JsonNode page;
        for (var url = Address(query + "&_count=2"); url is not null; pages++)
        {
            page = await GetAsync(url);
            forth.AddRange(Ids(page));
            Link(page, "self").ShouldNotBeNull();
            (Link(page, "previous") is null).ShouldBe(pages == 0);
            url = Link(page, "next") ?? Back(page);
            if (Link(page, "next") is null)
            {
                break;
            }
        }

        forth.ShouldBe(expected.Split(','));
        for (var url = _last; url is not null; url = Link(page, "previous"))
        {
            page = await GetAsync(url);
            back.InsertRange(0, Ids(page));
        }

        back.ShouldBe(expected.Split(',')[..back.Count]);
        back.Count.ShouldBeGreaterThan(1);
    }

    private string? _last;

    private string? Back(JsonNode page) => _last = Link(page, "previous");

    // What cannot be answered as asked is refused with 400, whatever the handling; nothing is left out silently.
    [Theory]
    [InlineData("Patient?birthdate=yesterday")]
    [InlineData("Patient?birthdate=xx1990")]
    [InlineData("Patient?birthdate=1990-02-30")]
    [InlineData("Patient?birthdate=2026-11-20T10")]
    [InlineData("Patient?birthdate:exact=1990")]
    [InlineData("Patient?birthdate:missing=maybe")]
    [InlineData("Patient?gender:contains=f")]
    [InlineData("Patient?gender=a|b|c")]
    [InlineData("Patient?gender=|")]
    [InlineData("Patient?gender=female,")]
    [InlineData("Patient?gender:exact=female")]
    [InlineData("Patient?name:not=x")]
    [InlineData("Patient?name:nosuch=x")]
    [InlineData("Patient?_id:text=x")]
    [InlineData("Patient?_id:exact=x")]
    [InlineData("Patient?_lastUpdated:not=2020")]
    [InlineData("Patient?identifier:of-type=NNFIN|1")]
    [InlineData("Patient?gender:of-type=a|b|c")]
    [InlineData("Patient?general-practitioner:Patient=1")]
    [InlineData("Patient?general-practitioner:Nonsense=1")]
    [InlineData("Patient?general-practitioner:Nonsense.name=1")]
    [InlineData("Patient?general-practitioner:Practitioner=Organization/1")]
    [InlineData("Patient?general-practitioner=Nonsense/1")]
    [InlineData("Patient?general-practitioner=a/b/c")]
    [InlineData("Patient?gender.name=x")]
    [InlineData("Observation?subject:Patient.birthdate=yesterday")]
    [InlineData("Observation?value-quantity=five")]
    [InlineData("Observation?value-quantity=5|mg")]
    [InlineData("Observation?value-quantity=5|urn:x|")]
    [InlineData("Observation?value-quantity=1e400")]
    [InlineData("Observation?code-value-quantity=8867-4")]
    [InlineData("Observation?code-value-quantity=8867-4$72$73")]
    [InlineData("Observation?code-value-quantity:missing=true")]
    [InlineData("Observation?code:in=http://nowhere.example/vs")]
    [InlineData("Observation?code:in=http://hl7.org/fhir/ValueSet/observation-codes")]
    [InlineData("Observation?code:below=http://nowhere.example|x")]
    [InlineData("Observation?code:below=x")]
    [InlineData("ValueSet?url:below=urn:oid:1.2")]
    [InlineData("ValueSet?url:contains=a")]
    [InlineData("ChargeItem?factor-override=ab5")]
    [InlineData("Patient?_has:Observation:patient=x")]
    [InlineData("Patient?_has:Observation:nosuch:code=x")]
    [InlineData("Patient?_has:Nonsense:patient:code=x")]
    [InlineData("Practitioner?_has:Observation:patient:code=x")]
    [InlineData("Patient?_count=-1")]
    [InlineData("Patient?_count=many")]
    [InlineData("Patient?_count=1&_count=2")]
    [InlineData("Patient?_count:exact=1")]
    [InlineData("Patient?_total=some")]
    [InlineData("Patient?_summary=maybe")]
    [InlineData("Patient?_sort=gender")]
    [InlineData("Patient?_sort=nosuch")]
    [InlineData("Patient?_sort=name,")]
    [InlineData("Patient?_sort:desc=name")]
    [InlineData("Patient?_include=Patient")]
    [InlineData("Patient?_include=Patient:name")]
    [InlineData("Patient?_include=Nonsense:x")]
    [InlineData("Patient?_include=Patient:organization:Nonsense")]
    [InlineData("Patient?_include:all=Patient:organization")]
    [InlineData("Patient?_page=../../etc")]
    [InlineData("Patient?_page=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Patient?_text=x")]
    [InlineData("Patient?_content=x")]
    [InlineData("Patient?_query=x")]
    [InlineData("Patient?_list=x")]
    [InlineData("Patient?_filter=name eq x")]
    [InlineData("Patient?_contained=both")]
    [InlineData("Patient?_containedType=container")]
    [InlineData("Patient?_type=Observation")]
    [InlineData("?_type=Nonsense")]
    [InlineData("Patient?name=%00")]
    [InlineData("Patient?_id=a%00")]
    public async Task WhatCannotBeAnswered_Is400_WithAnOutcome(string query)
    {
        var response = await data.Client.GetAsync(Escape(data.Own(query)), TestContext.Current.CancellationToken);
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.ToJsonString());
        body["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
    }

    [Theory]
    [InlineData("Patient?colour=red", "colour")]
    [InlineData("Patient?name=", "name")]
    [InlineData("Patient?Name=x", "Name")]
    [InlineData("Observation?subject.nosuch=x", "subject.nosuch")]
    [InlineData("Patient?_elements=nosuch", "nosuch")]
    [InlineData("?_type=Patient,Observation&birthdate=1990", "birthdate")]
    public async Task Unknown_IsNamed_OrRefusedUnderStrictHandling(string query, string named)
    {
        var lenient = await SearchAsync(query);
        lenient["entry"]!.AsArray().ShouldContain(e => e!["search"]!["mode"]!.GetValue<string>() == "outcome" && e.ToJsonString().Contains(named));
        Link(lenient, "self")!.ShouldNotContain("colour");
        (await data.Client.SendAsync(HttpMethod.Get, query, null, ("Prefer", "handling=strict"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("Patient?_count=0", 4, 0)]
    [InlineData("Patient?_summary=count", 4, 0)]
    [InlineData("Patient?_count=1&_total=accurate", 4, 1)]
    [InlineData("Patient?_total=none", null, 4)]
    [InlineData("Patient?_count=2&_total=none", null, 2)]
    [InlineData("Patient?_count=2&_total=estimate", 4, 2)]
    public async Task Total_And_Count_AreAsAsked(string query, int? total, int entries)
    {
        var bundle = await SearchAsync(query);
        (bundle["total"]?.GetValue<int>()).ShouldBe(total);
        Ids(bundle).Count.ShouldBe(entries);
        (Link(bundle, "next") is null).ShouldBe(entries is 0 or 4);
    }

    [Fact]
    public async Task Post_Search_TakesAddressAndForm_AlsoInACompartment()
    {
        var form = new FormUrlEncodedContent([new("gender", "female,male"), new("birthdate", "lt1990")]);
        Ids(await (await data.Client.PostAsync($"Patient/_search?_tag={data.Mark}", form, TestContext.Current.CancellationToken)).JsonAsync()).ShouldBe(["b"]);
        form = new FormUrlEncodedContent([new("code", "8867-4"), new("_tag", data.Mark)]);
        Ids(await (await data.Client.PostAsync(data.Own("Patient/~a/Observation/_search"), form, TestContext.Current.CancellationToken)).JsonAsync()).ShouldBe(["pulse"]);
        form = new FormUrlEncodedContent([new("_type", "Patient"), new("name", "meik"), new("_tag", data.Mark)]);
        Ids(await (await data.Client.PostAsync("_search", form, TestContext.Current.CancellationToken)).JsonAsync()).ShouldBe(["a"]);
        (await data.Client.PostAsync("Patient/_search", FhirHttp.Content("{}"), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("Patient/~a/Observation?code=8867-4", "pulse")]
    [InlineData("Patient/~b/*?_type=Observation,Condition", "bp,cat,other")]
    [InlineData("Patient/~b/*", "b,bp,cat,other,r2")]
    [InlineData("Encounter/~enc/Observation", "pulse")]
    public async Task Compartment_HoldsWhatRefersToIt(string query, string expected) =>
        Ids(await SearchAsync(query)).ShouldBe(expected.Split(','), ignoreOrder: true);

    [Fact]
    public async Task PageLink_OfAnotherCallerOrForAnotherSearch_Is400()
    {
        var next = Link(await GetAsync(Address("Patient?_count=1&_sort=birthdate")), "next")!;
        (await data.Client.GetAsync(next, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        next.ShouldNotContain("1985");
        using var other = await data.Server.ClientAsync("system/*.*");
        (await other.GetAsync(next, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var changed in (string[])[next.Replace("_count=1", "_count=2"), next + "&gender=male", next.Replace("_sort=birthdate", "_sort=-birthdate"), next[..^1] + (next[^1] == 'A' ? 'B' : 'A')])
        {
            (await data.Client.GetAsync(changed, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, changed);
        }
    }

    private async Task<JsonNode> SearchAsync(string query) => await GetAsync(Address(query));

    private string Address(string query)
    {
        var own = data.Own(query).Replace("BASE", data.Server.Base.TrimEnd('/'), StringComparison.Ordinal);
        return Escape(own + (own.Contains('?') ? "&" : "?") + "_tag=urn:tag|" + data.Mark);
    }

    private static string Escape(string query) => query.Replace("|", "%7C").Replace("\\", "%5C").Replace(" ", "%20");

    private async Task<JsonNode> GetAsync(string url)
    {
        var response = await data.Client.GetAsync(url, TestContext.Current.CancellationToken);
        var bundle = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, bundle.ToJsonString());
        return bundle;
    }

    private List<string> Ids(JsonNode bundle, string mode = "match") =>
    [
        .. (bundle["entry"]?.AsArray() ?? []).Where(e => e!["search"]!["mode"]!.GetValue<string>() == mode)
            .Select(e => e!["resource"]!["id"]!.GetValue<string>().Replace(data.Mark, "", StringComparison.Ordinal)),
    ];

    private static string? Link(JsonNode bundle, string relation) =>
        bundle["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == relation)?["url"]!.GetValue<string>();
}
