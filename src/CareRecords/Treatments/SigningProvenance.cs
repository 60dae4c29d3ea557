using System.Text.Json.Nodes;

namespace CareRecords.Treatments;

/// <summary>Who signed, corrected or invalidated which version of a Composition, and why.</summary>
internal static class SigningProvenance
{
    internal static JsonObject Of(SignedNote note, TimeZoneInfo zone)
    {
        var provenance = new JsonObject
        {
            ["resourceType"] = "Provenance",
            ["id"] = $"{note.NoteId}-v{note.Version}",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.SigningProvenance) },
            ["target"] = new JsonArray(FhirJson.Reference("Composition", $"{note.NoteId}/_history/{note.Version}")),
            ["occurredDateTime"] = FhirJson.Time(note.SignedAt, zone),
            ["recorded"] = FhirJson.Time(note.SignedAt, zone),
            ["activity"] = note.Act switch
            {
                SignedAct.New => FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion", "LA"),
                SignedAct.Correction => FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE"),
                _ => FhirJson.Concept("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "NULLIFY"),
            },
            ["agent"] = new JsonArray(new JsonObject
            {
                ["type"] = FhirJson.Concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author"),
                ["who"] = FhirJson.Reference("Practitioner", note.Author.ResourceId),
                ["onBehalfOf"] = FhirJson.Reference("Organization", note.Controller.Id.ToString()),
            }),
        };
        if (note.Reason is not null)
        {
            provenance["reason"] = new JsonArray(new JsonObject { ["text"] = note.Reason });
        }

        if (note.Version > 1)
        {
            provenance["entity"] = new JsonArray(new JsonObject
            {
                ["role"] = "revision",
                ["what"] = FhirJson.Reference("Composition", $"{note.NoteId}/_history/{note.Version - 1}"),
            });
        }

        return provenance;
    }
}
