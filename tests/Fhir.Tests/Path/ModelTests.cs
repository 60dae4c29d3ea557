using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;

namespace Fhir.Tests.FhirPath;

/// <summary>Navigation, types and FHIR's own functions on resources.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("Patient.name.given", "Aino ; Maria ; Aino")]
    [InlineData("name[0].given[1]", "Maria")]
    [InlineData("DomainResource.id", "aino")]
    [InlineData("Resource.id & Patient.id", "ainoaino")]
    [InlineData("name.given.first() & ' ' & name.family.first()", "Aino Virtanen")]
    [InlineData("name.where(use = 'official').select(given.join(' ') + ' ' + family)", "Aino Maria Virtanen")]
    [InlineData("deceased", "false")]
    [InlineData("deceasedBoolean", "!semantic")]
    [InlineData("name.nickname", "!semantic")]
    [InlineData("Observation.status", "!semantic")]
    [InlineData("name.where(nickname = 'x')", "!semantic")]
    [InlineData("contained.name", "Hoitola")]
    [InlineData("children().first()", "!semantic")]
    [InlineData("descendants().where($this is Coding).count()", "0")]
    [InlineData("birthDate.extension(%`ext-patient-birthTime`).value", "1990-01-01T04:15:00+02:00")]
    [InlineData("birthDate.hasValue() and name.hasValue().not()", "true")]
    [InlineData("birthDate.getValue() is System.Date", "true")]
    [InlineData("birthDate.value is System.Date", "true")]
    [InlineData("birthDate < @1990-06", "true")]
    [InlineData("birthDate + 18 years <= today()", "true")]
    [InlineData("telecom.rank.sum()", "3")]
    [InlineData("telecom.sort(rank desc).system", "email ; phone")]
    [InlineData("name[1].period.end > @2014-06", "true")]
    [InlineData("name[1].period.end > @2015-06", "")]
    [InlineData("gender = 'female' and gender.is(code)", "true")]
    [InlineData("name = name", "true")]
    [InlineData("name[0] = name[1]", "false")]
    [InlineData("name | name", "Patient.name[0] ; Patient.name[1]")]
    [InlineData("name.given.distinct()", "Aino ; Maria")]
    [InlineData("%resource.id & %context.id & %rootResource.id", "ainoainoaino")]
    [InlineData("name.single()", "!execution")]
    [InlineData("name.given + 'x'", "!execution")]
    [InlineData("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true")]
    [InlineData("conformsTo('http://hl7.org/fhir/StructureDefinition/Person')", "false")]
    [InlineData("conformsTo('http://example.fi/unknown')", "!execution")]
    [InlineData("gender.memberOf('http://example.fi/vs')", "")]
    public void Paths_OnAPatient(string expression, string expected) => Expect.Gives(expression, expected, Expect.Patient);

    [Theory]
    [InlineData("Patient.gender.is(string)", "true")]
    [InlineData("Patient.gender.as(string)", "")]
    [InlineData("Patient.gender.ofType(code)", "female")]
    [InlineData("Patient.is(DomainResource)", "true")]
    [InlineData("Patient.is(FHIR.`Patient`)", "true")]
    [InlineData("Patient.is(System.Patient)", "false")]
    [InlineData("Patient.active is boolean", "true")]
    [InlineData("Patient.active is Boolean", "false")]
    [InlineData("Patient.name.as(HumanName)", "!execution")]
    [InlineData("Patient.name.first() as HumanName", "Patient.name[0]")]
    [InlineData("Patient.name.ofType(HumanName).count()", "2")]
    [InlineData("Patient.link is BackboneElement", "")]
    [InlineData("Patient.type().name & Patient.type().namespace", "PatientFHIR")]
    [InlineData("1.type()", "System.Integer")]
    [InlineData("1 is System.Any", "true")]
    [InlineData("Patient.gender.as(gender)", "!execution")]
    public void Types_OfAPatient(string expression, string expected) => Expect.Gives(expression, expected, Expect.Patient);

    [Theory]
    [InlineData("value.unit", "kg")]
    [InlineData("Observation.value is Quantity", "true")]
    [InlineData("(value as Period).start", "")]
    [InlineData("(value as Period).unit", "!semantic")]
    [InlineData("valueQuantity", "!semantic")]
    [InlineData("value > 70000 'g'", "true")]
    [InlineData("value = 71.5 'kg'", "true")]
    [InlineData("value * 2", "143.00 'kg'")]
    [InlineData("component[0].value < 10 'mg'", "")]
    [InlineData("component.value.ofType(string)", "none")]
    [InlineData("effective.toDate()", "2026-02-03")]
    [InlineData("effective + 1 day", "2026-02-04T10:15:00+02:00")]
    [InlineData("issued is instant", "")]
    public void ChoicesAndQuantities_OfAnObservation(string expression, string expected) => Expect.Gives(expression, expected, Expect.Observation);

    [Theory]
    [InlineData("generalPractitioner.where(resolve() is Practitioner).count()", "1")]
    [InlineData("generalPractitioner.where(resolve() is Organization).reference", "#org")]
    [InlineData("generalPractitioner.where(resolve() is PractitionerRole).display", "unknown")]
    [InlineData("managingOrganization.resolve() is Organization", "true")]
    [InlineData("managingOrganization.resolve() is Patient", "false")]
    [InlineData("generalPractitioner.resolve().name", "Hoitola")]
    [InlineData("managingOrganization.resolve()", "")]
    public void References_AreResolvedOrReadFromTheAddress(string expression, string expected) => Expect.Gives(expression, expected, Expect.Patient);

    [Fact]
    public void References_InABundle_FindTheirEntries()
    {
        var bundle = FhirJson.Parse(Samples.Bundle);
        Expect.Gives("entry.resource.ofType(Patient).managingOrganization.resolve().ofType(Organization).name", "Klinikka", bundle);
        Expect.Gives("entry.resource.ofType(Observation).subject.resolve().id", "p", bundle);
        var observation = bundle.ChildrenNamed("entry")[2].Child("resource")!;
        Expect.Gives("subject.resolve().id & %resource.id", "px", observation);
    }

    [Fact]
    public void Hooks_AreAsked()
    {
        var elsewhere = FhirJson.Parse("""{ "resourceType": "Organization", "id": "3", "name": "Toinen" }""");
        var environment = new FhirPathEnvironment
        {
            Resolve = address => address.EndsWith("Organization/3", StringComparison.Ordinal) ? elsewhere : null,
            MemberOf = (item, valueSet) => valueSet == "http://example.fi/vs" ? item.AsElement.Text == "female" : null,
            ConformsTo = (_, profile) => profile == "http://example.fi/profile" ? true : null,
            Variables = new Dictionary<string, IReadOnlyList<PathValue>> { ["limit"] = [PathValue.From(2)] },
        };
        Expect.Gives("managingOrganization.resolve().name", "Toinen", Expect.Patient, environment);
        Expect.Gives("gender.memberOf('http://example.fi/vs')", "true", Expect.Patient, environment);
        Expect.Gives("conformsTo('http://example.fi/profile')", "true", Expect.Patient, environment);
        Expect.Gives("name.count() = %limit", "true", Expect.Patient, environment);
    }

    [Fact]
    public void Trace_ShowsItemsAndChangesNothing()
    {
        var seen = new List<string>();
        var environment = new FhirPathEnvironment { Trace = (name, items) => seen.Add($"{name}: {string.Join(",", items.Select(i => i.AsElement.Text))}") };
        Expect.Gives("name.given.trace('given').count()", "3", Expect.Patient, environment);
        Expect.Gives("name.trace('uses', use).count()", "2", Expect.Patient, environment);
        Assert.Equal(["given: Aino,Maria,Aino", "uses: official,maiden"], seen);
    }

    [Theory]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>", "true")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p onclick=\"x\">x</p></div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"javascript:x\">x</a></div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\" java&#9;scr&#10;ipt:x\">x</a></div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"data:text/html,x\">x</a></div>", "false")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"https://example.org/javascript:x\">x</a></div>", "true")]
    [InlineData("<!DOCTYPE div [<!ENTITY a \"b\">]><div xmlns=\"http://www.w3.org/1999/xhtml\">&a;</div>", "false")]
    [InlineData("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>", "false")]
    public void HtmlChecks_AllowWhatNarrativeMayHold(string html, string expected) =>
        Expect.Gives($"'{html.Replace("'", "\\'", StringComparison.Ordinal)}'.htmlChecks()", expected);

    [Fact]
    public void Definitions_AreReadLeniently()
    {
        Assert.Equal(2, FhirPathExpression.Compile("name.as(HumanName)", "Patient", FhirPathRules.Definitions).Evaluate(Expect.Patient).Count);
        Assert.Empty(FhirPathExpression.Compile("Observation.code | Patient.photo", "Patient", FhirPathRules.Definitions).Evaluate(Expect.Patient));
    }

    [Fact]
    public void Invariants_ThatGiveNothing_HoldButAreNotTrue()
    {
        var expression = FhirPathExpression.Compile("photo.url = 'x'", "Patient");
        Assert.True(expression.Holds(Expect.Patient));
        Assert.False(expression.IsTrue(Expect.Patient));
        Assert.Null(expression.EvaluateBoolean(Expect.Patient));
    }
}
