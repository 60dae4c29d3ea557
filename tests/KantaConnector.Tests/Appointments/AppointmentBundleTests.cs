using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CareRecords.Practice;
using CareRecords.Treatments;
using Fhir.Validation;
using KantaConnector.Appointments;
using Shouldly;

namespace KantaConnector.Tests.Appointments;

/// <summary>What the visit adds to an appointment, and the token that goes with a request.</summary>
public sealed class AppointmentBundleTests
{
    private const string Organiser = "1.2.246.10.77777777";
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));

    private static readonly ControllerFacts Controller = new(
        Guid.CreateVersion7(), "Toiminimi Testaaja", "self_employed", $"{Some.Root}.19.0", $"{Some.Root}.10.0", "Testaaja Oy", $"{Some.Root}.10.1", "Hoitohuone Harju", Some.Root, "10", $"{Some.Root}.22");

    private static JsonNode Draft(AppointmentCare? care, AppointmentOptions? options = null)
    {
        var practice = new PracticeFacts(
            Guid.CreateVersion7(), "Testi", KantaEnvironment.Simulated, $"{Some.Root}.10.0", new DateOnly(2026, 1, 1), TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki"), 1, [Controller]);
        var facts = new AppointmentFacts(Guid.CreateVersion7(), "p", Controller.Id, Guid.CreateVersion7(), true, "Fysioterapia", AppointmentState.Arrived, At, At.AddMinutes(45), At.AddDays(-1));
        var draft = AppointmentBundle.Draft(
            facts, $"{Some.Root}.17.2026.1.1", new PatientFacts("p", new PersonNameParts("Testilä", ["Aino"]), "010516B903X", null, null, new DateOnly(2016, 5, 1), "2", null, false),
            new PractitionerFacts(Guid.CreateVersion7(), new PersonNameParts("Hoitaja", ["Veera"]), "Fysioterapeutti", "99912345678", null, Controller.Id, "r"), Controller, practice, At,
            options ?? new AppointmentOptions(), care);
        FhirValidator.Default.Validate(draft).Where(issue => issue.Severity == IssueSeverity.Error).ShouldBeEmpty();
        return JsonNode.Parse(draft)!;
    }

    private static string? Agent(JsonNode bundle, string role) => (string?)bundle["entry"]![1]!["resource"]!["agent"]!.AsArray()
        .Single(agent => (string?)agent!["role"]![0]!["coding"]![0]!["code"] == role)!["who"]!["identifier"]!["value"];

    private static string? Register(JsonNode bundle) => (string?)bundle["entry"]![1]!["resource"]!["extension"]![0]!["valueCoding"]!["code"];

    [Fact]
    public void Draft_UnderAnAuthorisation_NamesTheOrganiserAndItsRegister_AndUsAsProducer()
    {
        var bought = new OutsourcingFacts(
            Guid.CreateVersion7(), Controller.Id, $"{Organiser}.10.0", "Testihyvinvointialue", $"{Organiser}.19.0", "Testihyvinvointialueen rekisteri", "1", "2", null, null,
            new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), "Pääkäyttäjä", null);
        var bundle = Draft(new AppointmentCare(bought, null));
        (Agent(bundle, "9"), Agent(bundle, "8"), Agent(bundle, "11"), Register(bundle)).ShouldBe(($"urn:oid:{Organiser}.19.0", $"urn:oid:{Organiser}.10.0", $"urn:oid:{Some.Root}.10.0", "2"));
        var own = Draft(null);
        (Agent(own, "9"), Agent(own, "8"), Register(own)).ShouldBe(($"urn:oid:{Some.Root}.19.0", $"urn:oid:{Some.Root}.19.0", "10"));
    }

    [Fact]
    public void Draft_OfAMinor_CarriesTheGuardianDisclosure_UnlessSwitchedOff()
    {
        // Its context is the profile of HL7 Finland, which our validator knows, unlike the one of Kela.
        var finnish = new AppointmentOptions { AppointmentProfile = "https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/fi-base-appointment" };
        var extension = Draft(new AppointmentCare(null, 3), finnish)["entry"]![0]!["resource"]!["extension"]![0]!;
        ((string?)extension["url"], (string?)extension["valueCoding"]!["system"], (string?)extension["valueCoding"]!["code"])
            .ShouldBe(("https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/RestrictionParent", "urn:oid:1.2.246.537.5.40202.201901", "3"));
        Draft(new AppointmentCare(null, 3), new AppointmentOptions { GuardianExtension = "" })["entry"]![0]!["resource"]!["extension"].ShouldBeNull();
        Draft(null)["entry"]![0]!["resource"]!["extension"].ShouldBeNull();
    }

    [Fact]
    public void Token_IsSignedBySystemCertificate_ForOneRequestAndAShortTime()
    {
        using var certificate = Some.Certificate();
        var options = new TokenOptions { Header = "Authorization", Claims = { ["system"] = "CareRecords" } };
        var parts = AppointmentToken.Write(options, "1.2.3", "1.2.3.4", certificate, DateTimeOffset.UnixEpoch).Split('.');
        var (head, claims) = (JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!, JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!);
        ((string?)head["alg"], (string?)head["x5c"]![0]).ShouldBe(("RS256", certificate.Base64));
        ((string?)claims["iss"], (string?)claims["jti"], (long)claims["iat"]!, (long)claims["exp"]!, (string?)claims["system"]).ShouldBe(("urn:oid:1.2.3", "1.2.3.4", 0, 120, "CareRecords"));
        certificate.Key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
    }
}
