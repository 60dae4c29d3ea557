using System.Text.Json.Nodes;

namespace Booking.Services;

/// <summary>The FHIR Practitioner that a practitioner's row is served as.</summary>
internal static class FhirPractitioner
{
    public const string Profile = "https://carerecords.example/fhir/StructureDefinition/practitioner";

    public static JsonObject Build(Practitioner practitioner, bool active)
    {
        var resource = new JsonObject
        {
            ["resourceType"] = "Practitioner",
            ["id"] = practitioner.Id.ToString(),
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(Profile) },
            ["active"] = active,
        };
        if (practitioner.TerhikkiNumber is { } terhikki)
        {
            resource["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:oid:1.2.246.537.26", ["value"] = terhikki });
        }
        else if (practitioner.PersonnelId is { } personnel)
        {
            resource["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:oid:1.2.246.537.29", ["value"] = personnel });
        }

        resource["name"] = new JsonArray(new JsonObject
        {
            ["use"] = "official",
            ["text"] = $"{practitioner.GivenNames} {practitioner.FamilyName}",
            ["family"] = practitioner.FamilyName,
            ["given"] = new JsonArray([.. practitioner.GivenNames.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(g => JsonValue.Create(g))]),
            ["suffix"] = new JsonArray(practitioner.Title),
        });
        if (practitioner.ProfessionalRight is { } right)
        {
            var code = new JsonObject { ["text"] = right };
            if (practitioner.ProfessionalRightCode is { } rightCode)
            {
                code["coding"] = new JsonArray(new JsonObject { ["system"] = "urn:oid:1.2.246.537.6.140", ["code"] = rightCode, ["display"] = right });
            }

            resource["qualification"] = new JsonArray(new JsonObject { ["code"] = code });
        }

        return resource;
    }
}
