using System.Collections.Frozen;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>
/// Order and number of elements, taken from the sample messages and from POCD_MT000040_Fi.xsd (2012). Elements that are not named here are
/// not judged. Where the schema allows more than the archive's documents ever hold, the schema's freedom is kept.
/// </summary>
internal static class Shapes
{
    private const string Infrastructure = "realmCode* typeId? templateId* ";

    /// <summary>The transmission wrapper of every message; queries have their own content below controlActProcess.</summary>
    public static readonly Shape Message = new(
        "id creationTime versionCode interactionId profileId+ processingCode processingModeCode acceptAckCode receiver sender controlActProcess");

    public static readonly FrozenDictionary<string, Shape> MessageParts = Table(
        ("receiver", "device"), ("sender", "device"), ("device", "id+ name?"),
        ("controlActProcess", "id? code effectiveTime? reasonCode* authorOrPerformer? subject? queryByParameter?"),
        ("authorOrPerformer", "assignedPerson"), ("assignedPerson", "id* representedOrganization"), ("subject", "clinicalDocument"));

    public static readonly FrozenDictionary<string, Shape> Wrapper = Table(
        ("clinicalDocument", "templateId+ id code text statusCode effectiveTime confidentialityCode reasonCode? languageCode setId versionNumber completionCode " +
            "storageCode recordTarget author+ custodian relatedDocument? componentOf? fi:localHeader"),
        ("recordTarget", "patient"), ("patient", "id statusCode patientPerson"), ("patientPerson", "name administrativeGenderCode? birthTime?"),
        ("author", "functionCode? time assignedAuthor"), ("assignedAuthor", "id assignedPerson? representedOrganization?"),
        ("custodian", "assignedCustodian"), ("assignedCustodian", "representedOrganization"), ("representedOrganization", "id name?"),
        ("relatedDocument", "parentDocument"), ("parentDocument", "id setId versionNumber"), ("componentOf", "encounterEvent"),
        ("encounterEvent", "id? code? effectiveTime encounterPerformer* location?"), ("encounterPerformer", "time? assignedPerson"),
        ("location", "healthCareFacility? name?"), ("healthCareFacility", "id location?"));

    public static readonly FrozenDictionary<string, Shape> Header = Table(
        ("ClinicalDocument", "realmCode typeId templateId+ id code title effectiveTime confidentialityCode languageCode setId versionNumber copyTime? recordTarget " +
            "author+ dataEnterer? informant* custodian informationRecipient* legalAuthenticator? authenticator* participant* inFulfillmentOf* documentationOf* " +
            "relatedDocument* authorization* componentOf fi:localHeader component"),
        ("recordTarget", Infrastructure + "patientRole"), ("patientRole", Infrastructure + "id addr* telecom* patient providerOrganization?"),
        ("patient", Infrastructure + "id? name+ administrativeGenderCode? birthTime? maritalStatusCode? religiousAffiliationCode? raceCode? ethnicGroupCode? " +
            "guardian* birthplace? languageCommunication*"),
        ("author", Infrastructure + "functionCode? time assignedAuthor"),
        ("assignedAuthor", Infrastructure + "id+ code? addr* telecom* assignedPerson? assignedAuthoringDevice? representedOrganization?"),
        ("custodian", Infrastructure + "assignedCustodian"), ("assignedCustodian", Infrastructure + "representedCustodianOrganization"),
        ("representedCustodianOrganization", Infrastructure + "id+ name? telecom? addr?"),
        ("relatedDocument", Infrastructure + "parentDocument"), ("parentDocument", Infrastructure + "id+ code? text? setId? versionNumber?"),
        ("componentOf", Infrastructure + "encompassingEncounter"),
        ("encompassingEncounter", Infrastructure + "id* code? effectiveTime dischargeDispositionCode? responsibleParty? encounterParticipant* location?"),
        ("responsibleParty", Infrastructure + "assignedEntity"), ("encounterParticipant", Infrastructure + "time? assignedEntity"),
        ("assignedEntity", Infrastructure + "id+ code? addr* telecom* assignedPerson? representedOrganization?"));

    private const string LocalStart = "description? tableOfContents? registratedTime? declaredTime? typeCode? fileFormat softwareSupport? documentType currentLocation? " +
        "retentionPeriod? functionCode recordStatus auditTrail* serviceChainLink* episodeLink* product* signatureCollection? sender? password? " +
        "patientRegistrySpecifier? patientRegistrySpecifierName? ";

    private const string LocalEnd = "encompassingEncounterCode? activeCustodian? activeCustodianName? encompassingEncounterMasterCode? " +
        "secondaryEncompassingEncounterId? outsourcingServiceCustomer? outsourcingServiceCustomerName? retentionPeriodClass extendedRetentionPeriod? " +
        "sensitiveDocument? eprServiceProvider? eprServiceProviderName? releaseDateForPatientViewing? patientHomeMunicipality?";

    public static readonly Shape LocalHeader = new(LocalStart + "custodianTypeCode? " + LocalEnd);

    /// <summary>As real senders spell it in the wrapper.</summary>
    public static readonly Shape LocalHeaderOther = new(LocalStart + "custodianTypecode? " + LocalEnd);

    public static readonly FrozenDictionary<string, Shape> Body = Table(
        ("structuredBody", Infrastructure + "confidentialityCode? languageCode? component+"),
        ("section", Infrastructure + "id? code? title? text? confidentialityCode? languageCode? subject? author* informant* entry* component*"));

    /// <summary>Elements that a narrative may hold (NarrativeBlock.xsd).</summary>
    public static readonly FrozenSet<string> Narrative = FrozenSet.ToFrozenSet([
        "content", "linkHtml", "sub", "sup", "br", "footnote", "footnoteRef", "renderMultiMedia", "paragraph", "list", "item", "caption", "table",
        "thead", "tbody", "tfoot", "tr", "th", "td", "col", "colgroup"]);

    private static FrozenDictionary<string, Shape> Table(params (string Name, string Sequence)[] shapes) =>
        shapes.ToFrozenDictionary(s => s.Name, s => new Shape(s.Sequence));
}
