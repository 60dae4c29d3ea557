namespace KantaSimulator.Rules;

// Inner agreement of the document.
internal static partial class Rulebook
{
    public static readonly Rule SubjectIdDiffers = Error("SIM-I01", Layer.Content,
        "Patient id in the body differs from the header", "Rungon potilaan tunniste poikkeaa otsikosta");
    public static readonly Rule SubjectNameDiffers = Error("SIM-I02", Layer.Content,
        "Patient's name in the body differs from the header", "Rungon potilaan nimi poikkeaa otsikosta");
    public static readonly Rule SectionServiceEvent = Error("SIM-I03", Layer.Content,
        "Section id of a service-event document is not the service event", "Osion tunnus ei ole palvelutapahtuma");
    public static readonly Rule EncounterTimes = Error("SIM-I04", Layer.Content,
        "Service event ends before it begins", "Palvelutapahtuma päättyy ennen alkuaan");
    public static readonly Rule MasterCode = Error("SIM-I05", Layer.Content,
        "encompassingEncounterMasterCode does not suit the document type", "Ensisijaisuus ei sovi asiakirjan tyyppiin");
    public static readonly Rule ViewNotListed = Error("SIM-I06", Layer.Content,
        "View of an entry is not in tableOfContents, or the reverse", "Näkymä puuttuu sisällysluettelosta");
    public static readonly Rule MakerNotAuthor = Error("SIM-I07", Layer.Content,
        "Maker of an entry is not among the header's authors", "Merkinnän tekijä puuttuu otsikosta");
}
