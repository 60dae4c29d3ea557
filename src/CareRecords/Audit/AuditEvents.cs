using System.Globalization;
using System.Text.Json;
using CareRecords.Access;

namespace CareRecords.Audit;

/// <summary>Shows a leaf of the access log as a FHIR AuditEvent. The leaf is the truth; nothing is stored twice.</summary>
internal static class AuditEvents
{
    private const string Events = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private const string RestfulInteraction = "http://hl7.org/fhir/restful-interaction";

    internal static byte[] Write(AccessLeaf leaf, JsonWriterOptions options)
    {
        var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "AuditEvent");
            json.WriteString("id", leaf.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteStartObject("meta");
            json.WriteString("versionId", "1");
            json.WriteString("lastUpdated", Instant(leaf.At));
            json.WriteEndObject();
            Coding(json, "type", Events, "rest", "RESTful Operation");
            if (leaf.Interaction is "create" or "read" or "update" or "delete" or "search")
            {
                json.WriteStartArray("subtype");
                Coding(json, null, RestfulInteraction, leaf.Interaction, null);
                json.WriteEndArray();
            }

            json.WriteString("action", leaf.Interaction switch
            {
                "create" => "C",
                "read" or "print" or "export" => "R",
                "update" or "approve" or "decline" or "invalidate" => "U",
                "delete" => "D",
                _ => "E",
            });
            json.WriteString("recorded", Instant(leaf.At));
            json.WriteString("outcome", leaf.Outcome.ToString(CultureInfo.InvariantCulture));
            WriteAgent(json, leaf);
            json.WriteStartObject("source");
            json.WriteStartObject("observer");
            json.WriteString("display", "CareRecords");
            json.WriteEndObject();
            json.WriteEndObject();
            WriteEntities(json, leaf);
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private static string Instant(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void WriteAgent(Utf8JsonWriter json, AccessLeaf leaf)
    {
        json.WriteStartArray("agent");
        json.WriteStartObject();
        json.WriteStartArray("role");
        json.WriteStartObject();
        json.WriteString("text", leaf.ActorRole);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("who");
        if (leaf.ActorUser is { } user)
        {
            json.WriteStartObject("identifier");
            json.WriteString("value", user.ToString());
            json.WriteEndObject();
        }

        json.WriteString("display", leaf.ActorName.Length > 0 ? leaf.ActorName : "unknown");
        json.WriteEndObject();
        json.WriteBoolean("requestor", true);
        json.WriteStartArray("purposeOfUse");
        json.WriteStartObject();
        json.WriteString("text", leaf.Purpose);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteEntities(Utf8JsonWriter json, AccessLeaf leaf)
    {
        json.WriteStartArray("entity");
        json.WriteStartObject();
        json.WriteStartObject("what");
        if (leaf.ResourceId is { } id && char.IsAsciiLetterUpper(leaf.ResourceType[0]) && Fhir.Definitions.FhirTypes.IsResource(leaf.ResourceType))
        {
            json.WriteString("reference", leaf.ResourceVersion is { } version
                ? $"{leaf.ResourceType}/{id}/_history/{version.ToString(CultureInfo.InvariantCulture)}" : $"{leaf.ResourceType}/{id}");
        }
        else
        {
            json.WriteString("display", leaf.ResourceType);
        }

        json.WriteEndObject();
        if (leaf.Detail is { Length: > 0 } detail)
        {
            json.WriteString("description", detail);
        }

        json.WriteEndObject();
        foreach (var patient in leaf.PatientIds)
        {
            json.WriteStartObject();
            json.WriteStartObject("what");
            json.WriteString("reference", $"Patient/{patient}");
            json.WriteEndObject();
            Coding(json, "role", "http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Coding(Utf8JsonWriter json, string? name, string system, string code, string? display)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("system", system);
        json.WriteString("code", code);
        if (display is not null)
        {
            json.WriteString("display", display);
        }

        json.WriteEndObject();
    }
}
