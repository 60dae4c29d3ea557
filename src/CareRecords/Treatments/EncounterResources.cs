using System.Text.Json.Nodes;
using CareRecords.Practice;

namespace CareRecords.Treatments;

/// <summary>
/// A service event and its visits as Encounters: the service event has the official identifier (its OID), a visit is its child without one.
/// Source: the text rule of the Finnish base profile fi-base-encounter.
/// </summary>
internal static class EncounterResources
{
    private const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    internal static JsonObject ServiceEvent(ServiceEventFacts facts, PractitionerFacts practitioner, ControllerFacts controller, TimeZoneInfo zone)
    {
        var encounter = Encounter(facts.Id, facts.EndedAt is not null, "AMB", facts.PatientId, practitioner.ResourceId, controller, FhirProfiles.ServiceEvent);
        encounter["identifier"] = new JsonArray(FhirJson.OidIdentifier(facts.Oid, "official"));
        encounter["type"] = new JsonArray(new JsonObject { ["text"] = facts.Title });
        encounter["period"] = FhirJson.Period(facts.StartedAt, facts.EndedAt, zone);
        return encounter;
    }

    internal static JsonObject Visit(VisitFacts facts, PractitionerFacts practitioner, ControllerFacts controller, TimeZoneInfo zone)
    {
        var code = facts.ContactMode switch { "phone" or "video" => "VR", "home_visit" => "HH", _ => "AMB" };
        var encounter = Encounter(facts.Id, facts.EndedAt is not null, code, facts.PatientId, practitioner.ResourceId, controller, FhirProfiles.Visit);
        encounter["type"] = new JsonArray(new JsonObject { ["text"] = facts.ServiceName });
        encounter["period"] = FhirJson.Period(facts.StartedAt, facts.EndedAt, zone);
        encounter["partOf"] = FhirJson.Reference("Encounter", facts.ServiceEventId!.Value.ToString());
        if (facts.AppointmentId is { } appointment)
        {
            encounter["appointment"] = new JsonArray(FhirJson.Reference("Appointment", appointment.ToString()));
        }

        return encounter;
    }

    private static JsonObject Encounter(
        Guid id, bool ended, string classCode, string patientId, string practitionerId, ControllerFacts controller, string profile) => new()
        {
            ["resourceType"] = "Encounter",
            ["id"] = id.ToString(),
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(profile) },
            ["status"] = ended ? "finished" : "in-progress",
            ["class"] = FhirJson.Coding(ActCode, classCode),
            ["subject"] = FhirJson.Reference("Patient", patientId),
            ["participant"] = new JsonArray(new JsonObject
            {
                ["type"] = new JsonArray(FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "PPRF")),
                ["individual"] = FhirJson.Reference("Practitioner", practitionerId),
            }),
            ["serviceProvider"] = FhirJson.Reference("Organization", controller.Id.ToString()),
        };
}
