namespace KantaSimulator.Rules;

// Chains, duplicates and order.
internal static partial class Rulebook
{
    public static readonly Rule FirstVersionSet = Error("SIM-V01", Layer.Content,
        "First version's setId is not its own id", "Ensimmäisen version setId ei ole sen tunnus");
    public static readonly Rule VersionInteraction = Error("SIM-V02", Layer.Content,
        "Version number does not suit the interaction", "Versionumero ei sovi sanomatyyppiin");
    public static readonly Rule ParentUnknown = Error("SIM-V03", Layer.Content,
        "Replaced document is not in the archive", "Korvattava asiakirja puuttuu arkistosta");
    public static readonly Rule ParentNotLatest = Error("SIM-V04", Layer.Content,
        "Replaced document already has a newer version", "Korvattavalla on jo uudempi versio");
    public static readonly Rule VersionGap = Error("SIM-V05", Layer.Content,
        "Version number is not the replaced one's plus one", "Versionumero ei jatka edellistä");
    public static readonly Rule SetIdOfChain = Error("SIM-V06", Layer.Content,
        "setId is not the chain's", "setId ei ole ketjun");
    public static readonly Rule PatientOfChain = Error("SIM-V07", Layer.Content,
        "Patient is not the chain's (different id)", "Potilas vaihtuu ketjussa");
    public static readonly Rule ServiceEventOfChain = Error("SIM-V08", Layer.Content,
        "Service event is not the chain's", "Palvelutapahtuma vaihtuu ketjussa");
    public static readonly Rule RegisterOfChain = Error("SIM-V09", Layer.Content,
        "Register or custodian is not the chain's", "Rekisteri tai rekisterinpitäjä vaihtuu ketjussa");
    public static readonly Rule AlreadyArchived = Error("SIM-V10", Layer.Content,
        "Already archived: the same document id with the same content", "Asiakirja on jo arkistoitu samansisältöisenä");
    public static readonly Rule IdTaken = Error("SIM-V11", Layer.Content,
        "The document id is archived with other content", "Asiakirjan tunnus on jo käytetty toisella sisällöllä");
    public static readonly Rule ParentInvalidated = Error("SIM-V12", Layer.Content,
        "Replaced document has been invalidated", "Korvattava asiakirja on mitätöity");
    public static readonly Rule TypeOfChain = Error("SIM-V13", Layer.Content,
        "Document type is not the chain's", "Asiakirjan tyyppi vaihtuu ketjussa");
    public static readonly Rule ServiceEventUnknown = Error("SIM-V20", Layer.Content,
        "Service event unknown: its document must be archived first", "Palvelutapahtumaa ei tunneta");
    public static readonly Rule ServiceEventOfOther = Error("SIM-V21", Layer.Content,
        "Service event belongs to another patient", "Palvelutapahtuma kuuluu toiselle potilaalle");
    public static readonly Rule ServiceEventInvalidated = Error("SIM-V22", Layer.Content,
        "Service event has been invalidated", "Palvelutapahtuma on mitätöity");
    public static readonly Rule TooManyDocuments = Error("SIM-V23", Layer.Content,
        "Too many documents in the service event", "Palvelutapahtumassa on liikaa asiakirjoja");
    public static readonly Rule ServiceEventTaken = Error("SIM-V24", Layer.Content,
        "Service event already has a document of another chain", "Palvelutapahtumalla on jo oma asiakirjansa");
    public static readonly Rule NothingToInvalidate = Error("SIM-V30", Layer.Content,
        "Document or service event to invalidate is not in the archive", "Mitätöitävää ei löydy");
    public static readonly Rule AlreadyInvalidated = Error("SIM-V31", Layer.Content,
        "Already invalidated", "On jo mitätöity");
    public static readonly Rule EventNotEmpty = Error("SIM-V32", Layer.Content,
        "Service event still has valid documents", "Palvelutapahtumassa on voimassa olevia asiakirjoja");
}
