using System.Text;
using System.Text.Json.Nodes;

namespace CareRecords.Treatments;

/// <summary>An approved piece of additional data as DocumentReference, and the approval as Consent on its first version.</summary>
internal static class ApprovalResources
{
    internal static (JsonObject Document, JsonObject Consent) Of(AdditionalDatum datum, string how, DateTimeOffset at, TimeZoneInfo zone, bool byCustomer)
    {
        var id = datum.Id.ToString();
        var time = FhirJson.Time(at, zone);
        var document = new JsonObject
        {
            ["resourceType"] = "DocumentReference",
            ["id"] = id,
            ["status"] = "current",
            ["type"] = new JsonObject { ["text"] = datum.Title },
            ["subject"] = FhirJson.Reference("Patient", datum.PatientId),
            ["date"] = time,
            ["description"] = datum.Title,
            ["custodian"] = FhirJson.Reference("Organization", datum.ControllerId.ToString()),
            ["content"] = new JsonArray(new JsonObject
            {
                ["attachment"] = new JsonObject
                {
                    ["contentType"] = "text/plain; charset=utf-8",
                    ["language"] = "fi",
                    ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(datum.Text ?? "")),
                    ["title"] = datum.Title,
                },
            }),
        };
        var consent = new JsonObject
        {
            ["resourceType"] = "Consent",
            ["id"] = $"approval-{id}",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.Approval) },
            ["status"] = "active",
            ["scope"] = FhirJson.Concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
            ["category"] = new JsonArray(
                FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "ICOL"), FhirJson.Concept("http://loinc.org", "59284-0")),
            ["patient"] = FhirJson.Reference("Patient", datum.PatientId),
            ["dateTime"] = time,
            ["performer"] = new JsonArray(FhirJson.Reference("Patient", datum.PatientId)),
            ["organization"] = new JsonArray(FhirJson.Reference("Organization", datum.ControllerId.ToString())),
            ["policyRule"] = FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
            ["verification"] = new JsonArray(new JsonObject { ["verified"] = true, ["verificationDate"] = time }),
            ["provision"] = new JsonObject
            {
                ["type"] = "permit",
                ["action"] = new JsonArray(FhirJson.Concept("http://terminology.hl7.org/CodeSystem/consentaction", "collect")),
                ["data"] = new JsonArray(new JsonObject
                {
                    ["meaning"] = "instance",
                    ["reference"] = FhirJson.Reference("DocumentReference", $"{id}/_history/1"),
                }),
            },
        };
        consent["sourceReference"] = FhirJson.Reference("DocumentReference", id);
        consent["language"] = "fi";
        consent["text"] = FhirJson.Narrative([$"{datum.Title}: {(byCustomer ? "asiakas hyväksyi" : "hyväksytty")} ({how}) {time}"]);
        return (document, consent);
    }
}
