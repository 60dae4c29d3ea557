using System.ComponentModel.DataAnnotations;
using CareRecords.Practice;
using KantaConnector.Appointments;
using KantaConnector.Documents;

namespace KantaConnector;

/// <summary>
/// Section <c>Kanta</c>. Values that only Kela's closed specifications give (interaction ids other than the two published ones, SOAPAction,
/// addresses, party ids) are settings without a claim of being right. Durations are written as <c>hh:mm:ss</c>.
/// </summary>
public sealed class KantaOptions : IValidatableObject
{
    /// <summary>Address of the message interface; empty: documents are queued and wait.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>HTTP header SOAPAction, quotes included; empty sends <c>""</c>.</summary>
    public string SoapAction { get; set; } = "";

    /// <summary>OID of the archive as receiver of messages.</summary>
    public string ReceiverOid { get; set; } = "1.2.246.556.18007.2";

    /// <summary>OID of this system as sender; message ids are made under it.</summary>
    public string SenderOid { get; set; } = "";

    /// <summary>
    /// OIDs of the Medical Records specification and of the messaging profile; empty takes those of published messages of 2017
    /// (1.2.246.777.11.2015.5, 1.2.246.777.11.2008.10). Today's values are asked from Kela.
    /// </summary>
    public IList<string> MessageProfiles { get; } = [];

    /// <summary>
    /// OIDs of the specifications that the documents obey; empty takes those of Kela's published example of 2018 (header, metadata, notes and
    /// forms: 1.2.246.777.11.2015.38, .36, .30). Today's values are asked from Kela.
    /// </summary>
    public IList<string> DocumentTemplates { get; } = [];

    /// <summary>Task class (1.2.246.537.6.300.2010) of care documents; the default is a demonstration code.</summary>
    public string CareFunctionCode { get; set; } = "DEMO-CARE";

    /// <summary>Reason (1.2.246.537.5.40178.2008) of a service event's later version; 1, correction, is the only one verified.</summary>
    public string ServiceEventUpdateReason { get; set; } = "1";

    /// <summary>
    /// Which service-event documents name the organiser of the service: <c>always</c>, the producer itself where nothing is outsourced, as the published
    /// message does (a public provider's; whether a private one does the same is not verified), or <c>outsourced</c> ones only.
    /// </summary>
    [RegularExpression("always|outsourced")]
    public string ServiceEventOrganiser { get; set; } = "always";

    /// <summary>
    /// When documents begin to name an identity code that was learnt after some had gone under a temporary id: <c>newEvents</c>, with the next service
    /// event, since whether the archive lets the id change within a chain or an event is not public, or <c>atOnce</c>.
    /// </summary>
    [RegularExpression("newEvents|atOnce")]
    public string IdentityCodeLearnt { get; set; } = "newEvents";

    internal const string AtOnce = "atOnce";

    public MessageKind NewDocument { get; set; } = new() { Interaction = "RCMR_IN100002FI01", Trigger = "RCMR_TE000102UV01", ServiceRequest = "PP1" };
    public MessageKind Replacement { get; set; } = new() { Interaction = "RCMR_IN100016FI01", Trigger = "RCMR_TE000910UV01", ServiceRequest = "PP1" };

    /// <summary>Its real form is not public: empty means that invalidations are recorded here and wait.</summary>
    public MessageKind Invalidation { get; set; } = new();

    /// <summary>Question what the archive holds; its real form is not public, so empty means that nothing is asked.</summary>
    public MessageKind Query { get; set; } = new();

    /// <summary>Question for a document's bytes; as <see cref="Query"/>.</summary>
    public MessageKind Fetch { get; set; } = new();

    /// <summary>Codes with which the archive says that it holds this very document already; they count as acceptance when alone.</summary>
    public IList<string> AlreadyArchivedCodes { get; } = [];

    /// <summary>Codes with which the archive says that it holds another document under this id; such a document is never built anew.</summary>
    public IList<string> OtherContentCodes { get; } = [];

    /// <summary>
    /// OIDs of code systems that records name by URI. A structured entry whose code system has no OID goes to the archive as wording only.
    /// LOINC, ICPC-2 and ICD-10 are known without being listed.
    /// </summary>
    public IList<CodeSystemOid> CodeSystems { get; } = [];

    /// <summary>Code (OID|code) of the field that carries the guardian disclosure of a minor; empty leaves it out of documents.</summary>
    public string GuardianDisclosureField { get; set; } = "";

    /// <summary>
    /// Where a document carries the guardian disclosure, since its real place is not public: <c>entry</c>, a structured entry of the first section, or
    /// <c>section</c>, a heading of its own whose narrative the entry references.
    /// </summary>
    [RegularExpression("entry|section")]
    public string GuardianDisclosurePlace { get; set; } = "entry";

    /// <summary>OID of the guardian disclosure's template; empty leaves it out.</summary>
    public string GuardianDisclosureTemplate { get; set; } = "";

    /// <summary>Form of a diagnosis or reason for care as a structured entry.</summary>
    public EntryForm ConditionEntry { get; set; } = new();

    /// <summary>Form of a physiological measurement as a structured entry.</summary>
    public EntryForm MeasurementEntry { get; set; } = new();

    /// <summary>Form of a procedure as a structured entry.</summary>
    public EntryForm ProcedureEntry { get; set; } = new();

    /// <summary>
    /// Controllers under this roof that send under their own name; what an entry leaves empty is the installation's. Whoever has certificates of her
    /// own is never signed for with another's: while hers cannot be used, her documents wait and others' go on.
    /// </summary>
    public IList<ControllerParty> Controllers { get; } = [];

    /// <summary>Forms of the information management service.</summary>
    public InformationForms UnverifiedForms { get; set; } = new();

    /// <summary>Certificate of the TLS client.</summary>
    public CertificateSource ClientCertificate { get; set; } = new();

    /// <summary>Certificate of the system signature; the client's when empty.</summary>
    public CertificateSource SigningCertificate { get; set; } = new();

    /// <summary>PEM file with the only CAs that the archive's server certificate may come from.</summary>
    public string ServerCaFile { get; set; } = "";

    /// <summary>From the first connection to the last byte of the answer.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Range(1024, 64 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Documents under way at once.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>
    /// How long a claimed document is ours; longer than <see cref="TotalTimeout"/>. What a killed process had under way is sent again after this time.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Waiting time before the queue is looked at again when nothing was announced.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(15);

    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The owner's entry of this product's certification; production sends nothing without it. The product itself holds none.</summary>
    public string CertificationEntry { get; set; } = "";

    /// <summary>Appointments as FHIR: a channel of its own, off until it is switched on.</summary>
    public AppointmentOptions Appointments { get; set; } = new();

    /// <summary>Folder with CDA_Fi.xsd; when given, every document is validated before it is queued.</summary>
    public string SchemaFolder { get; set; } = "";

    /// <summary>The simulator's own code counts only where the environment is the simulated one.</summary>
    internal ICollection<string> AlreadyArchived(KantaEnvironment environment) =>
        environment == KantaEnvironment.Simulated ? [.. AlreadyArchivedCodes, "SIM-V10"] : AlreadyArchivedCodes;

    /// <summary>The simulator's code counts everywhere here: it only makes us more careful.</summary>
    internal ICollection<string> HeldDifferently() => [.. OtherContentCodes, "SIM-V11"];

    internal MessageKind InvalidationIn(KantaEnvironment environment) => Or(Invalidation, environment, "INVALIDATE", "PP1");

    internal MessageKind QueryIn(KantaEnvironment environment) => Or(Query, environment, "QUERY", "");

    internal MessageKind FetchIn(KantaEnvironment environment) => Or(Fetch, environment, "FETCH", "");

    /// <summary>The simulator's own messages serve only where the environment is the simulated one (docs/simulator-wire.md, section 7).</summary>
    private static MessageKind Or(MessageKind configured, KantaEnvironment environment, string simulated, string request) =>
        configured.Interaction.Length > 0 || environment != KantaEnvironment.Simulated
            ? configured
            : new MessageKind { Interaction = $"SIM_IN_{simulated}", Trigger = $"SIM_TE_{simulated}", ServiceRequest = request };

    /// <returns>An OID, or null when none is known.</returns>
    internal string? OidOf(string codeSystem)
    {
        var oid = codeSystem.StartsWith("urn:oid:", StringComparison.Ordinal) ? codeSystem["urn:oid:".Length..] : codeSystem;
        return Oid.IsValid(oid) ? oid
            : CodeSystems.FirstOrDefault(system => system.Uri == codeSystem)?.Oid
            ?? codeSystem switch
            {
                // HL7's OID registry.
                "http://loinc.org" => "2.16.840.1.113883.6.1",
                // ICPC-2 (Kuntaliitto) and ICD-10 as the Finnish base profiles bind them.
                "http://hl7.org/fhir/sid/icpc-2" => "1.2.246.537.6.31.2007",
                "http://hl7.org/fhir/sid/icd-10" => "1.2.246.537.6.1.1999",
                _ => null,
            };
    }

    internal ControllerParty? Party(string controllerOid) => Controllers.FirstOrDefault(party => party.ControllerOid == controllerOid);

    internal IReadOnlyList<string> Profiles => MessageProfiles.Count > 0 ? [.. MessageProfiles] : ["1.2.246.777.11.2015.5", "1.2.246.777.11.2008.10"];

    internal IReadOnlyList<string> Templates =>
        DocumentTemplates.Count > 0 ? [.. DocumentTemplates] : ["1.2.246.777.11.2015.38", "1.2.246.777.11.2015.36", "1.2.246.777.11.2015.30"];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is { } endpoint && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            yield return new ValidationResult("Kanta:Endpoint must be https.", [nameof(Endpoint)]);
        }
        if (Appointments.Endpoint is { } appointments && appointments.Scheme != Uri.UriSchemeHttps)
        {
            yield return new ValidationResult("Kanta:Appointments:Endpoint must be https.", [nameof(Appointments)]);
        }
        if (Appointments.OrganiserRole is not ("8" or "10"))
        {
            yield return new ValidationResult("Kanta:Appointments:OrganiserRole is 8 or 10.", [nameof(Appointments)]);
        }
        if ((Endpoint is not null || Appointments.Enabled) && !Oid.IsValid(SenderOid))
        {
            yield return new ValidationResult("Kanta:SenderOid must be an OID when Kanta:Endpoint is set or Kanta:Appointments:Enabled is on.", [nameof(SenderOid)]);
        }
        foreach (var oid in MessageProfiles.Concat(DocumentTemplates).Concat(CodeSystems.Select(system => system.Oid)).Append(ReceiverOid).Where(oid => !Oid.IsValid(oid)))
        {
            yield return new ValidationResult($"{oid} is not an OID.", [nameof(MessageProfiles), nameof(DocumentTemplates), nameof(ReceiverOid)]);
        }
        if (SchemaFolder.Length > 0 && !File.Exists(Path.Combine(SchemaFolder, "CDA_Fi.xsd")))
        {
            yield return new ValidationResult("Kanta:SchemaFolder holds no CDA_Fi.xsd; leave it empty where documents are not to be validated against the schemas.", [nameof(SchemaFolder)]);
        }
        foreach (var problem in UnverifiedForms.Problems())
        {
            yield return problem;
        }
        foreach (var party in Controllers)
        {
            if (!Oid.IsValid(party.ControllerOid) || Controllers.Count(other => other.ControllerOid == party.ControllerOid) > 1)
            {
                yield return new ValidationResult("Each of Kanta:Controllers names the OID of one controller (ControllerOid), and each controller stands once.", [nameof(Controllers)]);
            }
            foreach (var oid in new[] { party.SenderOid, party.ProviderOid }.Where(oid => oid.Length > 0 && !Oid.IsValid(oid)))
            {
                yield return new ValidationResult($"{oid} is not an OID.", [nameof(Controllers)]);
            }
        }
        if (Lease <= TotalTimeout)
        {
            yield return new ValidationResult("Kanta:Lease must be longer than Kanta:TotalTimeout.", [nameof(Lease)]);
        }
        if (FirstRetry <= TimeSpan.Zero || LongestRetry < FirstRetry || LongestRetry > TimeSpan.FromMinutes(15))
        {
            yield return new ValidationResult("Kanta:FirstRetry and LongestRetry must be positive, ordered, and 15 minutes at most.", [nameof(LongestRetry)]);
        }
        foreach (var (name, field) in new[]
        {
            (nameof(GuardianDisclosureField), GuardianDisclosureField), (nameof(ConditionEntry), ConditionEntry.Field), (nameof(MeasurementEntry), MeasurementEntry.Field),
            (nameof(ProcedureEntry), ProcedureEntry.Field),
        })
        {
            if (field.Length > 0 && Field(field) is null)
            {
                yield return new ValidationResult($"Kanta:{name} is written OID|code.", [name]);
            }
        }
        if (GuardianDisclosurePlace == "section" && GuardianDisclosureField.Length > 0 && Field(GuardianDisclosureField)?.System != CodeSets.Heading)
        {
            yield return new ValidationResult($"Kanta:GuardianDisclosurePlace section needs a heading ({CodeSets.Heading}|code) as Kanta:GuardianDisclosureField.", [nameof(GuardianDisclosurePlace)]);
        }
        foreach (var oid in new[] { GuardianDisclosureTemplate, ConditionEntry.Template, MeasurementEntry.Template, ProcedureEntry.Template }.Where(oid => oid.Length > 0 && !Oid.IsValid(oid)))
        {
            yield return new ValidationResult($"{oid} is not an OID.", [nameof(GuardianDisclosureTemplate)]);
        }
    }

    /// <returns>The code that a setting writes as OID|code; null when it is empty or badly written.</returns>
    internal static Coded? Field(string text) =>
        text.Split('|') is [var system, { Length: > 0 } code] && Oid.IsValid(system) ? new Coded(code, system, CodeSets.NameOf(system)) : null;
}
