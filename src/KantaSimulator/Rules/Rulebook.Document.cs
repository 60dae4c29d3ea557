namespace KantaSimulator.Rules;

// Document: the CDA R2 document's structure.
internal static partial class Rulebook
{
    public static readonly Rule NotClinicalDocument = Error("SIM-D01", Layer.Structure,
        "Root is not ClinicalDocument in urn:hl7-org:v3", "Juuri ei ole ClinicalDocument");
    public static readonly Rule HeaderStructure = Error("SIM-D02", Layer.Structure,
        "Element missing, unknown, repeated or out of order in the header", "Otsikon elementti puuttuu, on tuntematon tai väärässä paikassa");
    public static readonly Rule RealmCode = Error("SIM-D03", Layer.Structure,
        "realmCode is not FI", "realmCode ei ole FI");
    public static readonly Rule TypeId = Error("SIM-D04", Layer.Structure,
        "typeId is not POCD_HD000040", "typeId ei ole POCD_HD000040");
    public static readonly Rule TemplateId = Error("SIM-D05", Layer.Structure,
        "templateId missing or not a Finnish specification OID", "templateId puuttuu tai on väärä");
    public static readonly Rule LocalHeaderStructure = Error("SIM-D06", Layer.Structure,
        "localHeader element missing, unknown, repeated or out of order", "localHeader-elementti puuttuu, on tuntematon tai väärässä paikassa");
    public static readonly Rule FilledByArchive = Error("SIM-D07", Layer.Structure,
        "Element that only the archive fills is present", "Arkiston täyttämä elementti on annettu");
    public static readonly Rule BodyMissing = Error("SIM-D08", Layer.Structure,
        "structuredBody or its ID missing", "structuredBody tai sen ID puuttuu");
    public static readonly Rule DuplicateId = Error("SIM-D09", Layer.Structure,
        "The same ID attribute twice", "Sama ID kahdesti");
    public static readonly Rule DanglingReference = Error("SIM-D10", Layer.Structure,
        "reference points at no ID", "Viittaus ei osoita mihinkään");
    public static readonly Rule SectionStructure = Error("SIM-D11", Layer.Structure,
        "Section element missing, unknown, repeated or out of order", "Osion elementti puuttuu, on tuntematon tai väärässä paikassa");
    public static readonly Rule Nesting = Error("SIM-D12", Layer.Structure,
        "Note is not view → process stage → heading", "Merkintä ei ole näkymä → hoitoprosessin vaihe → otsikko");
    public static readonly Rule EntryAuthor = Error("SIM-D13", Layer.Structure,
        "Entry has no author with role and time", "Merkinnältä puuttuu tekijä tai aika");
    public static readonly Rule EmptyNarrative = Error("SIM-D14", Layer.Structure,
        "Heading has no narrative", "Otsikolla ei ole tekstiä");
    public static readonly Rule NarrativeElement = Error("SIM-D15", Layer.Structure,
        "Element not allowed in a narrative", "Tekstissä on kielletty elementti");
    public static readonly Rule IdNotName = Error("SIM-D16", Layer.Structure,
        "ID is not an XML name", "ID ei ole XML-nimi");
    public static readonly Rule TimeMalformed = Error("SIM-D17", Layer.Structure,
        "Time value malformed", "Aika on virheellinen");
    public static readonly Rule ServiceEventBody = Error("SIM-D18", Layer.Structure,
        "Body of a service-event document is not as expected", "Palvelutapahtuma-asiakirjan runko on väärä");
    public static readonly Rule SubjectMissing = Error("SIM-D19", Layer.Structure,
        "First entry has no subject (patient)", "Ensimmäisestä merkinnästä puuttuu potilas");
}
