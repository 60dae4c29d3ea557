using System.Globalization;
using System.Text.Json.Nodes;

namespace CareRecords.Treatments;

/// <summary>A signed note as FHIR: Composition (view as category, sections process stage → heading) with the resources of its structured facts.</summary>
internal static class NoteResources
{
    private const string Loinc = "http://loinc.org";

    /// <summary>
    /// All resources of a signed version, the Composition last. Each comes with the place in the note that it was made from, so that a refusal
    /// can be shown at its field.
    /// </summary>
    internal static List<(JsonObject Resource, string Field)> Of(SignedNote note, TimeZoneInfo zone)
    {
        var resources = new List<(JsonObject, string)>();
        var sections = new List<(NoteCode Stage, JsonArray Headings)>();
        for (var h = 0; h < note.Content.Headings.Count; h++)
        {
            var heading = note.Content.Headings[h];
            var entries = new JsonArray();
            for (var f = 0; f < heading.Facts.Count; f++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{note.NoteId}-{h}-{f}");
                var resource = Fact(note, heading.Facts[f], id, zone);
                resources.Add((resource, $"Headings[{h}].Facts[{f}].Value"));
                entries.Add(FhirJson.Reference(resource["resourceType"]!.GetValue<string>(), id));
            }

            if (sections.FindIndex(s => s.Stage.Code == heading.Stage.Code) is var at && at < 0)
            {
                at = sections.Count;
                sections.Add((heading.Stage, []));
            }

            sections[at].Headings.Add(Heading(heading, entries));
        }

        resources.Add((Composition(note, sections, zone), "Headings"));
        return resources;
    }

    /// <summary>How one fact reads for people, as in the narrative.</summary>
    internal static string Wording(StructuredFact fact) => fact.Kind == StructuredKind.Measurement
        ? $"{fact.Code.Display}: {fact.Value?.Replace('.', ',')} {(fact.Unit == "{score}" ? "" : fact.Unit)}".TrimEnd()
        : $"{fact.Code.Display} ({fact.Code.Code})";

    private static JsonObject Heading(NoteHeading heading, JsonArray entries)
    {
        var section = new JsonObject
        {
            ["title"] = heading.Heading.Display,
            ["code"] = FhirJson.Concept(heading.Heading),
            ["text"] = FhirJson.Narrative([.. heading.Text.Split('\n'), .. heading.Facts.Select(Wording)]),
        };
        if (entries.Count > 0)
        {
            section["entry"] = entries;
        }

        return section;
    }

    private static JsonObject Composition(SignedNote note, List<(NoteCode Stage, JsonArray Headings)> sections, TimeZoneInfo zone)
    {
        var wrong = note.Act == SignedAct.Invalidation;
        var composition = new JsonObject
        {
            ["resourceType"] = "Composition",
            ["id"] = note.NoteId.ToString(),
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.TreatmentNote) },
            ["language"] = "fi",
            ["identifier"] = FhirJson.OidIdentifier(note.DocumentOid),
            ["status"] = note.Act switch { SignedAct.New => "final", SignedAct.Correction => "amended", _ => "entered-in-error" },
            ["type"] = FhirJson.Concept(Loinc, "11506-3", "Progress note"),
            ["category"] = new JsonArray(FhirJson.Concept(note.Content.View)),
            ["subject"] = FhirJson.Reference("Patient", note.Patient.PatientId),
            ["encounter"] = FhirJson.Reference("Encounter", note.Visit.Id.ToString()),
            ["date"] = FhirJson.Time(note.WrittenAt, zone),
            ["author"] = Authors(note),
            ["title"] = note.Content.Title,
            ["confidentiality"] = "N",
            ["attester"] = new JsonArray(new JsonObject
            {
                ["mode"] = "professional",
                ["time"] = FhirJson.Time(note.SignedAt, zone),
                ["party"] = FhirJson.Reference("Practitioner", note.Author.ResourceId),
            }),
            ["custodian"] = FhirJson.Reference("Organization", note.Controller.Id.ToString()),
            ["event"] = new JsonArray(new JsonObject { ["period"] = FhirJson.Period(note.Visit.StartedAt, note.Visit.EndedAt, zone) }),
            ["section"] = new JsonArray([.. sections.Select(s => new JsonObject
            {
                ["title"] = s.Stage.Display, ["code"] = FhirJson.Concept(s.Stage), ["section"] = s.Headings,
            })]),
        };
        composition["text"] = FhirJson.Narrative([$"{note.Content.Title} {TimeZoneInfo.ConvertTime(note.Visit.StartedAt, zone):d.M.yyyy}{(wrong ? " – mitätöity" : "")}"]);
        if (note.Previous is { } previous)
        {
            composition["relatesTo"] = new JsonArray(new JsonObject
            {
                ["code"] = "replaces",
                ["targetIdentifier"] = FhirJson.OidIdentifier(previous.Oid),
            });
        }

        return composition;
    }

    private static JsonArray Authors(SignedNote note) =>
    [
        .. new[] { note.FirstAuthor, note.Colleague, note.Author }.OfType<PractitionerFacts>().Select(author => author.ResourceId).Distinct()
            .Select(id => FhirJson.Reference("Practitioner", id)),
    ];

    private static JsonObject Fact(SignedNote note, StructuredFact fact, string id, TimeZoneInfo zone)
    {
        var wrong = note.Act == SignedAct.Invalidation;
        var subject = FhirJson.Reference("Patient", note.Patient.PatientId);
        var encounter = FhirJson.Reference("Encounter", note.Visit.Id.ToString());
        var performer = FhirJson.Reference("Practitioner", note.Author.ResourceId);
        switch (fact.Kind)
        {
            case StructuredKind.Condition:
                var condition = new JsonObject
                {
                    ["resourceType"] = "Condition",
                    ["id"] = id,
                    ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.ReasonForCare) },
                    ["verificationStatus"] = FhirJson.Concept(
                        "http://terminology.hl7.org/CodeSystem/condition-ver-status", wrong ? "entered-in-error" : "confirmed"),
                    ["code"] = FhirJson.Concept(fact.Code),
                    ["subject"] = subject,
                    ["encounter"] = encounter,
                    ["recordedDate"] = FhirJson.Time(note.SignedAt, zone),
                    ["recorder"] = performer,
                };
                if (!wrong)
                {
                    condition["clinicalStatus"] = FhirJson.Concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active");
                }

                return condition;
            case StructuredKind.Measurement:
                return new JsonObject
                {
                    ["resourceType"] = "Observation",
                    ["id"] = id,
                    ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.Measurement) },
                    ["status"] = wrong ? "entered-in-error" : note.Act == SignedAct.Correction ? "amended" : "final",
                    ["code"] = FhirJson.Concept(fact.Code),
                    ["subject"] = subject,
                    ["encounter"] = encounter,
                    ["effectiveDateTime"] = FhirJson.Time(note.Visit.StartedAt, zone),
                    ["performer"] = new JsonArray(performer),
                    ["valueQuantity"] = new JsonObject
                    {
                        ["value"] = JsonNode.Parse(fact.Value!),
                        ["unit"] = fact.Unit,
                        ["system"] = "http://unitsofmeasure.org",
                        ["code"] = fact.Unit,
                    },
                };
            default:
                return new JsonObject
                {
                    ["resourceType"] = "Procedure",
                    ["id"] = id,
                    ["meta"] = new JsonObject { ["profile"] = new JsonArray(FhirProfiles.Procedure) },
                    ["status"] = wrong ? "entered-in-error" : "completed",
                    ["code"] = FhirJson.Concept(fact.Code),
                    ["subject"] = subject,
                    ["encounter"] = encounter,
                    ["performedDateTime"] = FhirJson.Time(note.Visit.StartedAt, zone),
                    ["performer"] = new JsonArray(new JsonObject { ["actor"] = performer }),
                };
        }
    }
}
