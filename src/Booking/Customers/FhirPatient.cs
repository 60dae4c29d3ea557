using System.Globalization;
using System.Text.Json.Nodes;
using CareRecords.Treatments;

namespace Booking.Customers;

/// <summary>The FHIR Patient that a customer card, and the patient record where there is one, are served as.</summary>
internal static class FhirPatient
{
    public const string Profile = "https://carerecords.example/fhir/StructureDefinition/patient";
    private const string PersonalIdentityCode = "urn:oid:1.2.246.21";

    /// <param name="record">Identity, birth date and sex, once there is care; else null.</param>
    public static JsonObject Build(CustomerCard card, CustomerDetails details, PatientFacts? record)
    {
        var meta = new JsonObject { ["profile"] = new JsonArray(Profile) };
        if (card.Row.NonDisclosure || record?.NonDisclosure == true)
        {
            meta["security"] = new JsonArray(new JsonObject
            {
                ["system"] = "https://hl7.fi/fhir/finnish-base-profiles/CodeSystem/fi-base-security-label-cs",
                ["code"] = "TURVAKIELTO",
            });
        }

        var patient = new JsonObject
        {
            ["resourceType"] = "Patient",
            ["id"] = card.PatientId,
            ["meta"] = meta,
            ["identifier"] = Identifiers(card, record),
            ["name"] = new JsonArray(Name(details)),
        };
        if (Telecom(details) is { Count: > 0 } telecom)
        {
            patient["telecom"] = telecom;
        }

        if (record is not null)
        {
            patient["gender"] = record.Sex switch { "1" => "male", "2" => "female", "9" => "other", _ => "unknown" };
            patient["birthDate"] = record.BirthDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        patient["communication"] = new JsonArray(new JsonObject
        {
            ["language"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "urn:ietf:bcp:47", ["code"] = details.Language }) },
            ["preferred"] = true,
        });
        return patient;
    }

    // The Finnish base slices identifiers by use: official is the personal identity code and nothing else.
    private static JsonArray Identifiers(CustomerCard card, PatientFacts? record)
    {
        var identifiers = new JsonArray();
        if (record?.IdentityCode is { } code)
        {
            identifiers.Add(new JsonObject
            {
                ["use"] = "official",
                ["type"] = new JsonObject
                {
                    ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v2-0203", ["code"] = "NNFIN" }),
                },
                ["system"] = PersonalIdentityCode,
                ["value"] = code,
            });
        }

        if (record is { TemporaryId: { } temporary, TemporaryIdRoot: { } root })
        {
            identifiers.Add(new JsonObject { ["use"] = "temp", ["system"] = "urn:oid:" + root, ["value"] = temporary });
        }

        identifiers.Add(new JsonObject
        {
            ["use"] = "secondary",
            ["system"] = $"urn:uuid:{card.Row.PracticeId}",
            ["value"] = card.Row.Number.ToString(CultureInfo.InvariantCulture),
        });
        return identifiers;
    }

    private static JsonObject Name(CustomerDetails details)
    {
        var given = details.GivenNames.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = new JsonObject
        {
            ["use"] = "official",
            ["text"] = $"{details.GivenNames} {details.FamilyName}",
            ["family"] = details.FamilyName,
            ["given"] = new JsonArray([.. given.Select(g => JsonValue.Create(g))]),
        };
        if (details.CallName is { } call && Array.IndexOf(given, call) is >= 0 and var place)
        {
            name["_given"] = new JsonArray([.. given.Select((_, n) => n == place ? CallName() : null)]);
        }

        return name;
    }

    private static JsonObject CallName() => new()
    {
        ["extension"] = new JsonArray(new JsonObject
        {
            ["url"] = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier",
            ["valueCode"] = "CL",
        }),
    };

    private static JsonArray Telecom(CustomerDetails details)
    {
        var telecom = new JsonArray();
        if (details.Phone is { } phone)
        {
            telecom.Add(new JsonObject { ["system"] = "phone", ["value"] = SearchKeys.Phone(phone) ?? phone });
        }

        if (details.Email is { } email)
        {
            telecom.Add(new JsonObject { ["system"] = "email", ["value"] = email });
        }

        return telecom;
    }
}
