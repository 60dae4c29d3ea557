namespace KantaSimulator.Rules;

// Message: the MR transmission and its wrapper.
internal static partial class Rulebook
{
    public static readonly Rule UnknownInteraction = Error("SIM-M01", Layer.Structure,
        "Interaction not known here", "Tuntematon sanomatyyppi");
    public static readonly Rule InteractionIdMismatch = Error("SIM-M02", Layer.Structure,
        "interactionId does not name the root element", "interactionId ei vastaa juurielementtiä");
    public static readonly Rule MessageIdInvalid = Error("SIM-M03", Layer.Structure,
        "Message id missing or not an OID", "Sanoman tunnus puuttuu tai ei ole OID");
    public static readonly Rule MessageIdReused = Error("SIM-M04", Layer.Structure,
        "Message id was used before", "Sanoman tunnus on jo käytetty");
    public static readonly Rule CreationTimeInvalid = Error("SIM-M05", Layer.Structure,
        "creationTime missing or malformed", "Luontiaika puuttuu tai on virheellinen");
    public static readonly Rule CreationTimeFarOff = Warning("SIM-M06", Layer.Structure,
        "creationTime differs over a day from the simulator's clock", "Luontiaika poikkeaa kellosta yli vuorokauden");
    public static readonly Rule VersionCode = Error("SIM-M07", Layer.Structure,
        "versionCode is not V3-2006", "versionCode ei ole V3-2006");
    public static readonly Rule ProfileIdMissing = Error("SIM-M08", Layer.Structure,
        "profileId missing or not an accepted OID", "profileId puuttuu tai ei ole sallittu");
    public static readonly Rule ProcessingCode = Error("SIM-M09", Layer.Structure,
        "processingCode not accepted (production messages never are)", "processingCode ei ole sallittu");
    public static readonly Rule ProcessingModeCode = Error("SIM-M10", Layer.Structure,
        "processingModeCode is not T", "processingModeCode ei ole T");
    public static readonly Rule AcceptAckCode = Error("SIM-M11", Layer.Structure,
        "acceptAckCode is not ER", "acceptAckCode ei ole ER");
    public static readonly Rule ReceiverUnknown = Error("SIM-M12", Layer.Structure,
        "Receiver is not this archive", "Vastaanottaja ei ole tämä arkisto");
    public static readonly Rule SenderMissing = Error("SIM-M13", Layer.Structure,
        "Sender device id missing or not an OID", "Lähettäjän tunnus puuttuu");
    public static readonly Rule MoodCode = Error("SIM-M14", Layer.Structure,
        "controlActProcess moodCode is not RQO", "moodCode ei ole RQO");
    public static readonly Rule TriggerEvent = Error("SIM-M15", Layer.Structure,
        "Trigger event does not belong to the interaction", "Herätetapahtuma ei kuulu sanomatyyppiin");
    public static readonly Rule ServiceRequest = Error("SIM-M16", Layer.Structure,
        "Service request (reasonCode) missing, from another code set, or not accepted", "Palvelupyyntö puuttuu tai on väärä");
    public static readonly Rule ProviderMissing = Error("SIM-M17", Layer.Structure,
        "Service provider organisation missing", "Palvelunantaja puuttuu");
    public static readonly Rule OneDocument = Error("SIM-M18", Layer.Structure,
        "Exactly one subject/clinicalDocument is expected", "Sanomassa on oltava yksi asiakirja");
    public static readonly Rule MessageStructure = Error("SIM-M19", Layer.Structure,
        "Element missing, unknown, repeated or out of order in the message", "Sanoman elementti puuttuu, on tuntematon tai väärässä paikassa");
    public static readonly Rule ItsVersion = Error("SIM-M20", Layer.Structure,
        "ITSVersion is not XML_1.0", "ITSVersion ei ole XML_1.0");
    public static readonly Rule WrapperStructure = Error("SIM-M21", Layer.Structure,
        "Element missing, unknown, repeated or out of order in the wrapper's clinicalDocument", "Kääreen elementti puuttuu, on tuntematon tai väärässä paikassa");
    public static readonly Rule StatusCode = Error("SIM-M22", Layer.Structure,
        "statusCode is not completed", "statusCode ei ole completed");
    public static readonly Rule CompletionCode = Error("SIM-M23", Layer.Structure,
        "completionCode is not LA", "completionCode ei ole LA");
    public static readonly Rule StorageCode = Error("SIM-M24", Layer.Structure,
        "storageCode is not AC", "storageCode ei ole AC");
    public static readonly Rule ReplacementReason = Error("SIM-M25", Layer.Structure,
        "Reason of replacement missing, of an unknown code set, or given for a new document", "Korvauksen syy puuttuu tai on väärä");
    public static readonly Rule RelatedDocument = Error("SIM-M26", Layer.Structure,
        "relatedDocument RPLC missing in a replacement, or present in a new document", "Edeltävä asiakirja puuttuu tai on ylimääräinen");
    public static readonly Rule Namespace = Error("SIM-M27", Layer.Structure,
        "Message is not in namespace urn:hl7-org:v3", "Nimiavaruus ei ole urn:hl7-org:v3");
}
