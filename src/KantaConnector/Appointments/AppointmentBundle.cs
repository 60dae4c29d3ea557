using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CareRecords.Practice;
using CareRecords.Treatments;
using KantaConnector.Signing;

namespace KantaConnector.Appointments;

/// <summary>The archive's copy of an appointment that the next version follows.</summary>
/// <param name="Version">The ETag's value, quotes and W/ included.</param>
internal sealed record HeldVersion(string Id, string Version);

/// <summary>What only the visit of an appointment tells.</summary>
/// <param name="Outsourcing">The authorisation under which it is recorded for another organiser.</param>
/// <param name="GuardianDisclosure">Of a minor: 1–4.</param>
internal sealed record AppointmentCare(OutsourcingFacts? Outsourcing, short? GuardianDisclosure);

/// <summary>
/// The transaction Bundle of one Appointment and its Provenance. It is written without its place in the archive when the appointment changes, and gets it, with the
/// signature, when it is claimed: only then is known under which id and version the archive holds what it follows.
/// </summary>
internal static class AppointmentBundle
{
    private const string Uri = "urn:ietf:rfc:3986";
    private const string Roles = "http://gen.kanta.fi/fikanta-cs-rolecategory";
    private const string Organisations = "urn:oid:1.2.246.537.6.40174";

    /// <param name="oid">The appointment's identifier: constant through all its versions.</param>
    public static byte[] Draft(
        AppointmentFacts facts, string oid, PatientFacts patient, PractitionerFacts practitioner, ControllerFacts controller, PracticeFacts practice, DateTimeOffset now,
        AppointmentOptions options, AppointmentCare? care = null)
    {
        var invalidates = facts.State == AppointmentState.Mistake;
        var fullUrl = $"urn:uuid:{Guid.CreateVersion7()}";
        var first = new JsonObject { ["fullUrl"] = fullUrl, ["request"] = new JsonObject { ["method"] = invalidates ? "DELETE" : "POST", ["url"] = "Appointment" } };
        if (!invalidates)
        {
            first["resource"] = Appointment(facts, oid, patient, practitioner, practice.Zone, options, care?.GuardianDisclosure);
        }
        return CanonicalJson.Write(new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(first, new JsonObject
            {
                ["fullUrl"] = $"urn:uuid:{Guid.CreateVersion7()}",
                ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "Provenance" },
                ["resource"] = Provenance(fullUrl, invalidates, patient, practitioner, controller, practice.Zone, now, options, care?.Outsourcing),
            }),
        });
    }

    /// <summary>The Bundle as it leaves. The archive's <paramref name="held"/> version is replaced or invalidated; without one the appointment is new there.</summary>
    /// <returns>Null when it invalidates, and there is nothing to invalidate.</returns>
    public static byte[]? Sign(ReadOnlySpan<byte> draft, HeldVersion? held, string signerOid, SystemCertificate certificate, DateTimeOffset now, bool conditionalCreate)
    {
        var bundle = Read(draft);
        bundle.Remove("signature");
        var first = bundle["entry"]![0]!.AsObject();
        var resource = first["resource"]?.AsObject();
        var provenance = bundle["entry"]![1]!["resource"]!.AsObject();
        switch (held)
        {
            case null when resource is null:
                return null;
            case null:
                resource.Remove("id");
                first["request"] = new JsonObject { ["method"] = "POST", ["url"] = "Appointment" };
                if (conditionalCreate)
                {
                    first["request"]!["ifNoneExist"] = $"identifier={IdentifierOf(bundle)}";
                }
                break;
            default:
                first["request"] = new JsonObject
                {
                    ["method"] = resource is null ? "DELETE" : "PUT",
                    ["url"] = $"Appointment/{held.Id}",
                    ["ifMatch"] = held.Version,
                };
                if (resource is null)
                {
                    first.Remove("fullUrl");
                    provenance["target"] = new JsonArray(new JsonObject { ["reference"] = $"Appointment/{held.Id}" });
                }
                else
                {
                    resource["id"] = held.Id;
                }
                break;
        }
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"RS256","x5c":["{{certificate.Base64}}"]}"""));
        var payload = Base64Url.EncodeToString(CanonicalJson.Write(bundle));
        var value = certificate.Key.SignData(Encoding.ASCII.GetBytes($"{head}.{payload}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        bundle["signature"] = new JsonObject
        {
            // Author's signature of ASTM E1762.
            ["type"] = new JsonArray(new JsonObject { ["system"] = "urn:iso-astm:E1762-95:2013", ["code"] = "1.2.840.10065.1.12.1.1" }),
            ["when"] = Instant(now, TimeZoneInfo.Utc),
            ["who"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = Uri, ["value"] = $"urn:oid:{signerOid}" } },
            ["sigFormat"] = "application/jose",
            ["data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{head}..{Base64Url.EncodeToString(value)}")),
        };
        return CanonicalJson.Write(bundle);
    }

    /// <summary>system|value of the appointment; null in an invalidation, which carries no Appointment.</summary>
    public static string? IdentifierOf(JsonObject bundle) =>
        bundle["entry"]![0]!["resource"]?["identifier"]?[0] is { } identifier ? $"{identifier["system"]}|{identifier["value"]}" : null;

    public static string Identifier(string oid) => $"{Uri}|urn:oid:{oid}";

    /// <summary>Whether the archive's Appointment says what ours says; what a server may add (id, meta, text) is left out.</summary>
    public static bool SaysTheSame(ReadOnlySpan<byte> bundle, JsonObject held) =>
        Read(bundle)["entry"]![0]!["resource"] is JsonObject ours && CanonicalJson.Write(Core(ours)).AsSpan().SequenceEqual(CanonicalJson.Write(Core(held)));

    /// <summary>The archive's id of the appointment that a signed Bundle replaces or invalidates; null when it is new there.</summary>
    public static string? TargetOf(ReadOnlySpan<byte> bundle) => (string?)Read(bundle)["entry"]![0]!["request"]!["url"] is { } url && url.Split('/') is [_, var id] ? id : null;

    public static bool Invalidates(ReadOnlySpan<byte> bundle) => Read(bundle)["entry"]![0]!["resource"] is null;

    public static JsonObject Read(ReadOnlySpan<byte> json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Core(JsonObject appointment)
    {
        var core = appointment.DeepClone().AsObject();
        foreach (var name in new[] { "id", "meta", "text" })
        {
            core.Remove(name);
        }
        return core;
    }

    private static JsonObject Appointment(
        AppointmentFacts facts, string oid, PatientFacts patient, PractitionerFacts practitioner, TimeZoneInfo zone, AppointmentOptions options,
        short? guardian)
    {
        var (status, code, display) = FinnishStatus.Of(facts.State);
        var appointment = new JsonObject
        {
            ["resourceType"] = "Appointment",
            ["identifier"] = new JsonArray(new JsonObject { ["system"] = Uri, ["value"] = $"urn:oid:{oid}" }),
            ["status"] = status,
            ["serviceType"] = new JsonArray(new JsonObject { ["text"] = facts.Service }),
            ["start"] = Instant(facts.Start, zone),
            ["end"] = Instant(facts.End, zone),
            ["created"] = Instant(facts.CreatedAt, zone),
            ["participant"] = new JsonArray(
                Participant("Patient", PatientIdentifier(patient), patient.Name.ToString()), Participant("Practitioner", Professional(practitioner), practitioner.Name.ToString())),
        };
        if (options.AppointmentProfile.Length > 0)
        {
            appointment["meta"] = new JsonObject { ["profile"] = new JsonArray(options.AppointmentProfile) };
        }
        if (guardian is { } disclosure && options.GuardianExtension.Length > 0)
        {
            appointment["extension"] = new JsonArray(Extension(
                options.GuardianExtension, $"urn:oid:{Documents.CodeSets.GuardianDisclosure}", disclosure.ToString(CultureInfo.InvariantCulture), GuardianDisplay(disclosure)));
        }
        if (options.StatusExtension.Length > 0)
        {
            appointment["_status"] = new JsonObject { ["extension"] = new JsonArray(Extension(options.StatusExtension, FinnishStatus.System, code, display)) };
        }
        return appointment;
    }

    private static JsonObject Provenance(
        string target, bool invalidates, PatientFacts patient, PractitionerFacts practitioner, ControllerFacts controller, TimeZoneInfo zone, DateTimeOffset now,
        AppointmentOptions options, OutsourcingFacts? bought)
    {
        // With an authorisation, into the organiser's register; we stay the producer.
        var custodian = bought is null ? Agent("9", Organisation(controller.ControllerOid), controller.Name)
            : Agent("9", Organisation(bought.RegisterControllerOid), bought.RegisterControllerName);
        custodian["type"] = new JsonObject
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", ["code"] = "CST" }),
        };
        var organiser = bought is null ? Agent(options.OrganiserRole, Organisation(controller.ControllerOid), controller.Name)
            : Agent(options.OrganiserRole, Organisation(bought.CustomerOid), bought.CustomerName);
        var provenance = new JsonObject
        {
            ["resourceType"] = "Provenance",
            ["target"] = new JsonArray(new JsonObject { ["reference"] = target }),
            ["recorded"] = Instant(now, zone),
            ["agent"] = new JsonArray(
                custodian, organiser, Agent("11", Organisation(controller.ProducerOid), controller.ProducerName), Agent("7", Organisation(controller.UnitOid), controller.UnitName),
                Agent("2", Professional(practitioner), practitioner.Name.ToString()), Agent("12", PatientIdentifier(patient), null)),
        };
        if (options.RegisterExtension.Length > 0)
        {
            provenance["extension"] = new JsonArray(Extension(options.RegisterExtension, "urn:oid:1.2.246.537.5.40150.2009", bought?.RegisterCode ?? controller.RegisterCode, null));
        }
        if ((invalidates && options.InvalidationProfile.Length > 0 ? options.InvalidationProfile : options.ProvenanceProfile) is { Length: > 0 } profile)
        {
            provenance["meta"] = new JsonObject { ["profile"] = new JsonArray(profile) };
        }
        return provenance;
    }

    // The display is required; the names are HL7 Finland's.
    private static string GuardianDisplay(short disclosure) => disclosure switch
    {
        1 => "Ei päätöskykyinen alaikäinen, tiedot luovutetaan huoltajille",
        2 => "Päätöskykyinen alaikäinen, sallii tietojensa luovuttamisen huoltajille",
        3 => "Päätöskykyinen alaikäinen, kieltää tietojensa luovuttamisen huoltajille",
        _ => "Alaikäisen päätöskyky ei tiedossa, tietoja ei luovuteta huoltajille",
    };

    private static JsonObject Participant(string type, JsonObject identifier, string display) => new()
    {
        ["actor"] = new JsonObject { ["type"] = type, ["identifier"] = identifier, ["display"] = display },
        ["status"] = "accepted",
    };

    private static JsonObject Agent(string role, JsonObject identifier, string? display)
    {
        var who = new JsonObject { ["identifier"] = identifier };
        if (display is not null)
        {
            who["display"] = display;
        }
        return new JsonObject
        {
            ["role"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = Roles, ["code"] = role }) }),
            ["who"] = who,
        };
    }

    private static JsonObject Extension(string url, string system, string code, string? display)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }
        return new JsonObject { ["url"] = url, ["valueCoding"] = coding };
    }

    private static JsonObject PatientIdentifier(PatientFacts patient) => new() { ["system"] = "urn:oid:1.2.246.21", ["value"] = patient.IdentityCode };

    private static JsonObject Professional(PractitionerFacts practitioner) => practitioner.TerhikkiNumber is { } number
        ? new JsonObject { ["system"] = "urn:oid:1.2.246.537.26", ["value"] = number }
        // The root under which documents name staff without registration.
        : new JsonObject { ["system"] = "urn:oid:1.2.246.537.29", ["value"] = practitioner.PersonnelId ?? practitioner.Id.ToString() };

    private static JsonObject Organisation(string oid) => new() { ["system"] = Organisations, ["value"] = $"urn:oid:{oid}" };

    private static string Instant(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
