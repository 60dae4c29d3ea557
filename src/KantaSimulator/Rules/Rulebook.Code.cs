namespace KantaSimulator.Rules;

// Codes, identifiers and identity.
internal static partial class Rulebook
{
    public static readonly Rule OidMalformed = Error("SIM-C01", Layer.Content,
        "Identifier is not an OID", "Tunniste ei ole OID");
    public static readonly Rule CodeSystem = Error("SIM-C02", Layer.Content,
        "Code comes from another code set than the element demands", "Koodi on väärästä koodistosta");
    public static readonly Rule CodeUnknown = Error("SIM-C03", Layer.Content,
        "Code is not in the set as far as it is verified", "Koodi ei ole koodistossa");
    public static readonly Rule RecordStatus = Error("SIM-C04", Layer.Content,
        "recordStatus is not 3 (ready for archiving)", "Asiakirja ei ole arkistointivalmis");
    public static readonly Rule IdentityMalformed = Error("SIM-C05", Layer.Content,
        "Personal identity code malformed", "Henkilötunnus on virheellinen");
    public static readonly Rule IdentityCheck = Error("SIM-C06", Layer.Content,
        "Check character of the personal identity code is wrong", "Henkilötunnuksen tarkistusmerkki on väärä");
    public static readonly Rule IdentityNotTest = Error("SIM-C07", Layer.Content,
        "Only test identity codes (900–999) are accepted", "Vain testihenkilötunnukset (900–999) hyväksytään");
    public static readonly Rule BirthDiffers = Error("SIM-C08", Layer.Content,
        "Birth date differs from the identity code", "Syntymäaika poikkeaa henkilötunnuksesta");
    public static readonly Rule PatientRoot = Error("SIM-C09", Layer.Content,
        "Patient id is neither an identity code nor a temporary id (<org>.22.<year>)", "Potilaan tunnisteen juuri on väärä");
    public static readonly Rule TemporaryIdMalformed = Error("SIM-C10", Layer.Content,
        "Temporary identity code malformed", "Tilapäinen yksilöintitunnus on virheellinen");
    public static readonly Rule AuthorRoot = Error("SIM-C11", Layer.Content,
        "Author id has an unknown root", "Tekijän tunnisteen juuri on tuntematon");
    public static readonly Rule StaffIdentityCheck = Warning("SIM-C12", Layer.Content,
        "Check character of a professional's identity code is wrong", "Ammattihenkilön henkilötunnuksen tarkistusmerkki on väärä");
    public static readonly Rule AuthorRole = Error("SIM-C13", Layer.Content,
        "Author role is not MER, KIR, KOR, MIT or OHJ", "Tekijän rooli on tuntematon");
    public static readonly Rule BirthTime = Error("SIM-C14", Layer.Content,
        "Birth time malformed or in the future", "Syntymäaika on virheellinen");
    public static readonly Rule Language = Error("SIM-C15", Layer.Content,
        "languageCode is not fi or sv", "Kieli ei ole fi tai sv");
    public static readonly Rule FunctionCode = Error("SIM-C16", Layer.Content,
        "functionCode does not suit the document type", "Tehtäväluokka ei sovi asiakirjan tyyppiin");
    public static readonly Rule RegisterCustodian = Error("SIM-C17", Layer.Content,
        "Register does not suit the custodian", "Rekisteri ei sovi rekisterinpitäjään");
    public static readonly Rule GenderUnknown = Warning("SIM-C18", Layer.Content,
        "Gender code is not one of the verified values", "Sukupuolikoodi on tuntematon");
    public static readonly Rule NameMissing = Error("SIM-C19", Layer.Content,
        "Patient's family or given name missing", "Potilaan nimi puuttuu");
}
