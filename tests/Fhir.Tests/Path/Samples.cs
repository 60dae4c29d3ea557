namespace Fhir.Tests.FhirPath;

internal static class Samples
{
    internal const string Patient = """
        {
          "resourceType": "Patient", "id": "aino", "active": true,
          "contained": [{ "resourceType": "Organization", "id": "org", "name": "Hoitola" }],
          "identifier": [{ "use": "official", "system": "urn:oid:1.2.246.21", "value": "010190-999P" }],
          "name": [
            { "use": "official", "family": "Virtanen", "given": ["Aino", "Maria"] },
            { "use": "maiden", "family": "Mäki", "given": ["Aino"], "period": { "start": "1990-01-01", "end": "2015" } }
          ],
          "telecom": [{ "system": "phone", "value": "+358401234567", "rank": 1 }, { "system": "email", "value": "aino@example.fi", "rank": 2 }],
          "gender": "female",
          "birthDate": "1990-01-01",
          "_birthDate": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1990-01-01T04:15:00+02:00" }] },
          "deceasedBoolean": false,
          "generalPractitioner": [{ "reference": "Practitioner/7" }, { "reference": "#org" }, { "display": "unknown", "type": "PractitionerRole" }],
          "managingOrganization": { "reference": "https://example.fi/fhir/Organization/3" }
        }
        """;

    internal const string Observation = """
        {
          "resourceType": "Observation", "id": "weight", "status": "final",
          "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7" }] },
          "effectiveDateTime": "2026-02-03T10:15:00+02:00",
          "valueQuantity": { "value": 71.50, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg" },
          "component": [
            { "code": { "text": "a" }, "valueQuantity": { "value": 5, "comparator": "<", "system": "http://unitsofmeasure.org", "code": "mg" } },
            { "code": { "text": "b" }, "valueString": "none" }
          ]
        }
        """;

    internal const string Bundle = """
        {
          "resourceType": "Bundle", "type": "collection",
          "entry": [
            { "fullUrl": "urn:uuid:0b1c5c3e-0f0e-4f5a-9d7c-0d8b6c1f2a3b", "resource": { "resourceType": "Organization", "id": "o", "name": "Klinikka" } },
            { "fullUrl": "https://example.fi/fhir/Patient/p", "resource": { "resourceType": "Patient", "id": "p",
              "managingOrganization": { "reference": "urn:uuid:0b1c5c3e-0f0e-4f5a-9d7c-0d8b6c1f2a3b" } } },
            { "fullUrl": "https://example.fi/fhir/Observation/x", "resource": { "resourceType": "Observation", "id": "x", "status": "final", "code": { "text": "t" },
              "subject": { "reference": "Patient/p" } } }
          ]
        }
        """;

    internal const string PatientXml = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Patient xmlns="http://hl7.org/fhir">
          <id value="aino"/>
          <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Aino</p></div></text>
          <contained><Organization><id value="org"/><name value="Hoitola"/></Organization></contained>
          <active value="true"/>
          <name>
            <given id="g1" value="Aino"/>
            <given value="Maria"><extension url="http://example.fi/e"><valueString value="x"/></extension></given>
          </name>
          <deceasedDateTime value="2026-01-01"/>
          <multipleBirthInteger value="2"/>
        </Patient>
        """;
}
