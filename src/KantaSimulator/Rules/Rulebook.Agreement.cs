namespace KantaSimulator.Rules;

// Agreement: the wrapper repeats the document; each difference also raises 4Y00007.
internal static partial class Rulebook
{
    public static readonly Rule DocumentIdDiffers = Error("SIM-W01", Layer.Content,
        "Document id differs", "Asiakirjan tunnus poikkeaa");
    public static readonly Rule RegisterDiffers = Error("SIM-W02", Layer.Content,
        "Register code differs", "Rekisteritunnus poikkeaa");
    public static readonly Rule EffectiveTimeDiffers = Error("SIM-W03", Layer.Content,
        "effectiveTime differs", "Luontiaika poikkeaa");
    public static readonly Rule ConfidentialityDiffers = Error("SIM-W04", Layer.Content,
        "confidentialityCode differs", "Luottamuksellisuus poikkeaa");
    public static readonly Rule LanguageDiffers = Error("SIM-W05", Layer.Content,
        "languageCode differs", "Kieli poikkeaa");
    public static readonly Rule SetIdDiffers = Error("SIM-W06", Layer.Content,
        "setId differs", "Alkuperäisen asiakirjan tunnus poikkeaa");
    public static readonly Rule VersionDiffers = Error("SIM-W07", Layer.Content,
        "versionNumber differs", "Versionumero poikkeaa");
    public static readonly Rule PatientIdDiffers = Error("SIM-W08", Layer.Content,
        "Patient id differs", "Potilaan tunniste poikkeaa");
    public static readonly Rule PatientDiffers = Error("SIM-W09", Layer.Content,
        "Patient's name, gender or birth date differs", "Potilaan tiedot poikkeavat");
    public static readonly Rule AuthorsDiffer = Error("SIM-W10", Layer.Content,
        "Authors differ", "Tekijät poikkeavat");
    public static readonly Rule CustodianDiffers = Error("SIM-W11", Layer.Content,
        "Custodian differs", "Rekisterinpitäjä poikkeaa");
    public static readonly Rule RelatedDocumentDiffers = Error("SIM-W12", Layer.Content,
        "relatedDocument differs", "Edeltävä asiakirja poikkeaa");
    public static readonly Rule ServiceEventDiffers = Error("SIM-W13", Layer.Content,
        "Service event id differs", "Palvelutapahtuman tunnus poikkeaa");
    public static readonly Rule ServiceEventTimeDiffers = Error("SIM-W14", Layer.Content,
        "Service event time differs", "Palvelutapahtuman aika poikkeaa");
    public static readonly Rule UnitDiffers = Error("SIM-W15", Layer.Content,
        "Service unit or producing organisation differs", "Palveluyksikkö tai tuottaja poikkeaa");
    public static readonly Rule LocalHeaderDiffers = Error("SIM-W16", Layer.Content,
        "localHeader field differs", "localHeader-kenttä poikkeaa");
}
