using System.ComponentModel.DataAnnotations;

namespace KantaConnector.Appointments;

/// <summary>
/// Section <c>Kanta:Appointments</c>: appointments as FHIR. From when on they must be stored is not verified (1 October 2026 as reported in 2024), so it is
/// off until somebody switches it on. Kela's profiles and headers are not public: what stands here is HL7 Finland's, or a setting without a claim of being right.
/// </summary>
public sealed class AppointmentOptions
{
    /// <summary>Appointments of health-care services are queued when they are made, moved or cancelled.</summary>
    public bool Enabled { get; set; }

    /// <summary>Base address of the appointment interface; empty: appointments are queued and wait.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Appointments under way at once.</summary>
    [Range(1, 16)]
    public int Parallelism { get; set; } = 2;

    /// <summary>meta.profile of the Appointment; empty leaves it out.</summary>
    public string AppointmentProfile { get; set; } = "https://pta.kanta.fi/fhir/StructureDefinition/AppointmentAppointment";

    /// <summary>meta.profile of the Provenance; empty leaves it out.</summary>
    public string ProvenanceProfile { get; set; } = "https://pta.kanta.fi/fhir/StructureDefinition/AppointmentProvenance";

    /// <summary>meta.profile of an invalidation's Provenance, whose address is not public; empty takes <see cref="ProvenanceProfile"/>.</summary>
    public string InvalidationProfile { get; set; } = "";

    /// <summary>Extension of Appointment.status that holds the Finnish status (1.2.246.537.6.881), as HL7 Finland's scheduling guide has it; empty leaves it out.</summary>
    public string StatusExtension { get; set; } = "https://hl7.fi/fhir/finnish-scheduling/StructureDefinition/ajanvarauksen-tila";

    /// <summary>Extension of the Provenance that holds the register (1.2.246.537.5.40150.2009), as an example of HL7 Finland has it; empty leaves it out.</summary>
    public string RegisterExtension { get; set; } = "https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterType";

    /// <summary>Role (fikanta-cs-rolecategory) of the organiser of the service: 8 or 10, both are known; which of them for a private provider is not verified.</summary>
    public string OrganiserRole { get; set; } = "8";

    /// <summary>A create says <c>ifNoneExist</c>. That the archive takes it is not verified; without it an open outcome is settled by asking.</summary>
    public bool ConditionalCreate { get; set; }

    /// <summary>Extension of the Appointment that holds a minor's guardian disclosure (1.2.246.537.5.40202.201901), as HL7 Finland's base profile has it; empty leaves it out.</summary>
    public string GuardianExtension { get; set; } = "https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/RestrictionParent";

    public TokenOptions Token { get; set; } = new();

    /// <summary>HTTP headers of every request, such as those of Kanta's own header specification, which is not public.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>();
}
