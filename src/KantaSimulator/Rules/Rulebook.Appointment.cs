namespace KantaSimulator.Rules;

// Appointment interface: told in an OperationOutcome.
internal static partial class Rulebook
{
    public static readonly Rule BundleInvalid = Error("SIM-A01", Layer.Content,
        "Body is not a transaction Bundle of one Appointment and one Provenance", "Pyyntö ei ole kelvollinen transaktio");
    public static readonly Rule BundleUnsigned = Error("SIM-A02", Layer.Content,
        "Bundle signature missing or not verifiable", "Bundlen allekirjoitus puuttuu tai ei täsmää");
    public static readonly Rule IfMatchMissing = Error("SIM-A03", Layer.Content,
        "If-Match missing on update or delete", "If-Match puuttuu");
    public static readonly Rule IfMatchStale = Error("SIM-A04", Layer.Content,
        "If-Match is not the current version", "If-Match ei ole nykyinen versio");
    public static readonly Rule AppointmentUnknown = Error("SIM-A05", Layer.Content,
        "No such appointment", "Ajanvarausta ei löydy");
    public static readonly Rule AppointmentPatient = Error("SIM-A06", Layer.Content,
        "Appointment has no patient identifier, or not a test identity code", "Ajanvarauksen potilas puuttuu tai ei ole testipotilas");
    public static readonly Rule AppointmentStatus = Error("SIM-A07", Layer.Content,
        "Appointment status, start or end missing or contradictory", "Ajanvarauksen tila tai aika on virheellinen");
    public static readonly Rule ProvenanceTarget = Error("SIM-A08", Layer.Content,
        "Provenance does not target the Appointment", "Provenance ei kohdistu ajanvaraukseen");
    public static readonly Rule ProvenanceAgents = Error("SIM-A09", Layer.Content,
        "Provenance lacks recorded time or agents", "Provenancen tiedot puuttuvat");
    public static readonly Rule SearchParameter = Error("SIM-A10", Layer.Content,
        "Search parameter unknown, missing or malformed", "Hakuehto on tuntematon tai virheellinen");
    public static readonly Rule AppointmentIdentifier = Error("SIM-A11", Layer.Content,
        "Appointment identifier missing or taken by another appointment", "Ajanvarauksen tunniste puuttuu tai on varattu");
    public static readonly Rule AppointmentGone = Error("SIM-A12", Layer.Content,
        "Appointment has been invalidated", "Ajanvaraus on mitätöity");
    public static readonly Rule JsonInvalid = Error("SIM-A13", Layer.Content,
        "Body is not JSON, is too deep, or repeats a key", "Pyyntö ei ole kelvollista JSONia");
    public static readonly Rule FinnishStatus = Error("SIM-A14", Layer.Content,
        "Finnish appointment status at odds with status", "Ajanvarauksen tila (koodisto) on ristiriidassa");
}
